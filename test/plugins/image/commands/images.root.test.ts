import { Readable } from 'node:stream';
import test from 'ava';
import { imageCalls } from '../support/client.js';
import { graphOf, imported } from '../support/imported.js';

test('images lists names, newest first, in columns', async (t) => {
  const calls = imageCalls(t);
  const { docker } = calls;
  t.is((await docker(['images'])).stdout, 'REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n');
  const [old, untagged] = [await imported(calls, 'old'), await imported(calls)];
  await docker(['tag', 'old', 'quay.io/a/b:2']);
  const lines = (await docker(['images'])).stdout.trimEnd().split('\n').slice(1);
  t.deepEqual(
    lines.map((line) => line.replace(/\s{2,}/g, '|')),
    [
      `<none>|<none>|${untagged.slice(7, 19)}|Less than a second ago|1.23kB`,
      `old|latest|${old.slice(7, 19)}|Less than a second ago|1.23kB`,
      `quay.io/a/b|2|${old.slice(7, 19)}|Less than a second ago|1.23kB`,
    ].map((line, index) => line.replace('Less than a second ago', lines[index]?.split(/\s{2,}/)[3] ?? '')),
  );
  t.is((await docker(['images', '-q'])).stdout, [untagged, old, old].map((id) => `${id.slice(7, 19)}\n`).join(''));
  t.is((await docker(['images', '-q', '--no-trunc', 'old'])).stdout, `${old}\n`);
  t.is((await docker(['image', 'ls', '-q', 'old:2'])).stdout, '');
});

test('images hides what another was committed from, unless asked for all', async (t) => {
  const calls = imageCalls(t);
  const parent = await imported(calls);
  const child = await (await graphOf(calls)).create(Readable.from([]), { parent, comment: 'second' });
  t.is((await calls.docker(['images', '-q', '--no-trunc'])).stdout, `${child.id}\n`);
  t.is((await calls.docker(['images', '-aq', '--no-trunc'])).stdout, `${child.id}\n${parent}\n`);
  const history = (await calls.docker(['history', child.id])).stdout.trimEnd().split('\n');
  t.regex(history[0] ?? '', /^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$/);
  t.regex(history[1] ?? '', new RegExp(`^${child.id.slice(7, 19)} .* 0B +second$`));
  t.regex(history[2] ?? '', new RegExp(`^${parent.slice(7, 19)} .* 1.23kB +Imported from -$`));
});
