import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import test from 'ava';
import { imageCalls } from '../support/client.js';
import { imageOf } from '../support/imported.js';
import { stream, tar } from '../support/tars.js';
import { saved, twoLayers } from '../support/two-layers.js';

test('several images, each once, and names that move', async (t) => {
  const calls = imageCalls(t);
  const id = await twoLayers(calls);
  await calls.docker(['tag', id, 'other']);
  const parent = (await imageOf(calls, id)).parent;
  const archive = await saved(t, calls, 'two/layers:1', 'other', parent);
  t.is(
    execFileSync('tar', ['-tf', archive], { encoding: 'utf8' })
      .split('\n')
      .filter((name) => name.startsWith('blobs/')).length,
    2 + 2 + 2,
  );
  const other = imageCalls(t);
  await other.docker(['import', '-', 'other'], { stdin: stream(tar([{ path: 'x', body: 'x' }])) });
  const { stdout } = await other.docker(['load'], { stdin: Readable.from([readFileSync(archive)]) });
  const renamed = /The image other:latest already exists, renaming the old one with ID \S+ to empty string\n/;
  t.regex(stdout, renamed);
  t.is(
    stdout.replace(renamed, ''),
    `Loaded image: two/layers:1\nLoaded image: other:latest\nLoaded image ID: ${parent}\n`,
  );
  t.is((await imageOf(other, 'other')).id, id);
});

test('a repository without a tag is all its tags', async (t) => {
  const calls = imageCalls(t);
  const id = await twoLayers(calls);
  await calls.docker(['tag', id, 'two/layers:2']);
  await calls.docker(['tag', id, 'two/layers2:3']);
  await calls.docker(['tag', (await imageOf(calls, id)).parent, 'two/layers:below']);
  const { stdout } = await imageCalls(t).docker(['load'], {
    stdin: Readable.from([readFileSync(await saved(t, calls, 'two/layers'))]),
  });
  t.is(stdout, 'Loaded image: two/layers:1\nLoaded image: two/layers:2\nLoaded image: two/layers:below\n');
});

test('save refuses what is not there, and a terminal, and writes nothing', async (t) => {
  const calls = imageCalls(t);
  await twoLayers(calls);
  t.like(await calls.docker(['save', 'two/layers:1', 'none']), {
    exitCode: 1,
    stdout: '',
    failure: 'No such image: none:latest',
  });
  const onTerminal = await calls.docker(['save', 'two/layers:1'], { terminal: true });
  t.like(onTerminal, { exitCode: 1, stdout: '' });
  t.regex(onTerminal.failure ?? '', /terminal/);
  t.like(await calls.docker(['save']), { exitCode: 125 });
});
