import { Readable } from 'node:stream';
import test from 'ava';
import { Database } from '../../../../src/plugins/system/index.js';
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

test('--filter chooses by reference, label and dangling', async (t) => {
  const calls = imageCalls(t);
  const { docker } = calls;
  const tagged = await imported(calls, 'me/app:1');
  const untagged = await imported(calls);
  const labelled = await (await graphOf(calls)).create(Readable.from([]), { config: { Labels: { tier: 'front' } } });
  await docker(['tag', tagged, 'other']);
  const ids = async (...filters: string[]): Promise<string[]> => {
    const { stdout } = await docker(['images', '-q', '--no-trunc', ...filters.flatMap((filter) => ['-f', filter])]);
    return stdout.split('\n').slice(0, -1);
  };
  t.deepEqual(await ids('reference=me/*'), [tagged]);
  t.deepEqual(await ids('reference=me/app:2'), []);
  t.deepEqual(await ids('reference=me/app:1', 'reference=other'), [tagged, tagged]);
  t.deepEqual(await ids('dangling=false', 'reference=oth*'), [tagged]);
  t.deepEqual((await ids('dangling=true')).sort(), [untagged, labelled.id].sort());
  t.deepEqual(await ids('label=tier=front'), [labelled.id]);
  t.deepEqual(await ids('label=tier', 'dangling=0'), []);
  t.is((await docker(['images', '-f', 'dangling=perhaps'])).failure, "invalid filter 'dangling=perhaps'");
  t.is((await docker(['images', '-f', 'size=1'])).failure, "invalid filter 'size'");
});

test('--filter chooses by when an image was made, and patterns stand for names', async (t) => {
  const calls = imageCalls(t);
  const { docker } = calls;
  const graph = await graphOf(calls);
  for (const name of ['me/one', 'me/two:1', 'you/two:2']) {
    const { id, created } = await graph.create(Readable.from([]), { comment: name });
    await docker(['tag', id, name]);
    // Each in a millisecond of its own.
    while (Date.now() === created.getTime());
  }
  const names = async (...words: string[]): Promise<string> =>
    (await docker(['images', '--format', '{{.Repository}}:{{.Tag}}', ...words])).stdout.trim().replaceAll('\n', ' ');
  t.is(await names('me/*'), 'me/two:1 me/one:latest');
  t.is(await names('*/two'), 'you/two:2 me/two:1');
  t.is(await names('*/t?o:[13]'), 'me/two:1');
  t.is(await names('*'), '');
  t.is(await names('-f', 'before=you/two:2', '-f', 'since=me/one'), 'me/two:1');
  t.is(await names('-f', 'until=1h'), '');
  t.is(await names('-f', 'until=0s', 'you/*'), 'you/two:2');
  t.is((await docker(['images', '-f', 'before=nosuch'])).failure, 'No such image: nosuch:latest');
  t.regex((await docker(['images', '-f', 'until=then'])).failure ?? '', /invalid value "then"/);
});

test('plugins add columns after the last, and filters; -q asks no column', async (t) => {
  const asked: unknown[] = [];
  const column = {
    header: 'SCANNED',
    async cells(rows: readonly unknown[]) {
      asked.push(...rows);
      return rows.map((_, index) => `scan ${index}`);
    },
  };
  const filter = {
    name: 'scanned',
    async keeps(value: string, rows: readonly unknown[]) {
      return rows.map((row) => (row as { names: string[] }).names.includes(value));
    },
  };
  const calls = imageCalls(t, { columns: () => [column], filters: () => [filter] });
  const id = await imported(calls, 'one');
  await imported(calls, 'two');
  t.is((await calls.docker(['images', '-q', '--no-trunc', '-f', 'scanned=one:latest'])).stdout, `${id}\n`);
  t.deepEqual(asked, []);
  const { stdout } = await calls.docker(['images', '-f', 'scanned=one:latest']);
  t.regex(stdout, /^REPOSITORY .* SIZE +SCANNED\none .* scan 0\n$/);
  t.like(asked, [{ id, names: ['one:latest'], parent: '', labels: {} }]);
  t.deepEqual(structuredClone(asked), asked);
});

test('--format takes templates, tables of them, and json', async (t) => {
  const calls = imageCalls(t);
  const id = await imported(calls, 'one');
  const shown = async (format: string) => (await calls.docker(['images', '--no-trunc', '--format', format])).stdout;
  t.is(await shown('{{.Repository}}:{{.Tag}} {{.ID}}'), `one:latest ${id}\n`);
  t.is(await shown('table {{.Repository}}\\t{{.Tag}}'), 'REPOSITORY   TAG\none          latest\n');
  t.like(JSON.parse(await shown('json')), { Repository: 'one', ID: id });
});

test('an image whose row is damaged is in the list, and can be removed', async (t) => {
  const calls = imageCalls(t);
  const [bad, good] = [await imported(calls, 'bad'), await imported(calls, 'good')];
  calls.services.resolve(Database).sql.prepare("UPDATE images SET config = x'00' WHERE id = ?").run(bad);
  t.is((await calls.docker(['images', '-q', '--no-trunc'])).stdout, `${good}\n${bad}\n`);
  t.like(await calls.docker(['images', '-a', '--tree']), { exitCode: 0 });
  t.like(await calls.docker(['image', 'prune', '-f']), { exitCode: 0 });
  t.like(await calls.docker(['rmi', '-f', 'bad']), { exitCode: 0 });
  t.is((await calls.docker(['images', '-q', '--no-trunc'])).stdout, `${good}\n`);
});

test('an image whose time is not known has none in lists', async (t) => {
  const calls = imageCalls(t);
  const graph = await graphOf(calls);
  const layer = await graph.layerFrom(undefined, () => Readable.from([]));
  for (const created of ['null', '"0001-01-01T00:00:00Z"']) {
    const rootfs = `"rootfs":{"type":"layers","diff_ids":["${layer.diffId}"]}`;
    const config = `{"os":"linux","created":${created},"history":[{"created":${created}}],${rootfs}}`;
    const { id } = await graph.createFromConfig(Buffer.from(config), [layer], { event: 'load', name: 'x' });
    const shown = async (...argv: string[]) => (await calls.docker(argv)).stdout;
    t.regex(await shown('images', '--format', '{{.ID}} {{.CreatedSince}} {{.CreatedAt}}'), / N\/A N\/A\n/);
    t.regex(await shown('history', id), /N\/A/);
    await calls.docker(['rmi', id]);
  }
  layer.release();
});

test('an image has 127 layers at most, whichever way it comes', async (t) => {
  const graph = await graphOf(imageCalls(t));
  const digests = (count: number) =>
    Array.from({ length: count }, (_, index) => `sha256:${String(index).padStart(64, '0')}`);
  const config = (count: number) =>
    Buffer.from(JSON.stringify({ rootfs: { type: 'layers', diff_ids: digests(count) } }));
  await t.throwsAsync(graph.createFromConfig(config(128), [], { event: 'load', name: 'x' }), {
    message: /it has 128 layers, and 127 are the most/,
  });
  await t.throwsAsync(graph.createFromConfig(config(127), [], { event: 'load', name: 'x' }), {
    message: /are not those that its configuration names/,
  });
});
