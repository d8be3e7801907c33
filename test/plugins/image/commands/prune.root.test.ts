import { Readable } from 'node:stream';
import test from 'ava';
import { imageCalls } from '../support/client.js';
import { graphOf, imageOf, imported } from '../support/imported.js';
import { stream, tar } from '../support/tars.js';

test('what has no name goes, after a question; with -a what has one, too; what is held stays', async (t) => {
  const calls = imageCalls(t);
  const named = await imported(calls, 'named');
  const nameless = await imported(calls);
  const refused = await calls.docker(['image', 'prune'], { stdin: Readable.from(['n\n']) });
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /This will remove:\n {2}- image [0-9a-f]{12}\n/);
  const { stdout } = await calls.docker(['image', 'prune'], { stdin: Readable.from(['y\n']) });
  t.is(stdout, `Deleted Images:\ndeleted: ${nameless}\n\nTotal reclaimed space: 0B\n`, 'the layer is shared');
  const graph = await graphOf(calls);
  graph.hold(named, 'c'.repeat(64));
  t.is((await calls.docker(['image', 'prune', '-af'])).stdout, 'Total reclaimed space: 0B\n');
  graph.release('c'.repeat(64));
  t.is(
    (await calls.docker(['image', 'prune', '-af'])).stdout,
    `Deleted Images:\nuntagged: named:latest\ndeleted: ${named}\n\nTotal reclaimed space: 1.23kB\n`,
  );
  t.deepEqual(graph.list(), []);
});

test('filters by age and label; a parent stays with a child that stays', async (t) => {
  const calls = imageCalls(t);
  const graph = await graphOf(calls);
  const archive = (body: string) => stream(tar([{ path: 'x', body }]));
  const parent = await graph.create(archive('1'), { config: { Labels: { keep: 'no' } } });
  await graph.create(archive('2'), { parent: parent.id, config: {} });
  for (const filter of ['until=1h', 'label=keep=no']) {
    t.is((await calls.docker(['image', 'prune', '-f', '--filter', filter])).stdout, 'Total reclaimed space: 0B\n');
  }
  t.is(graph.list().length, 2);
});

test('a dry run asks nothing and removes nothing', async (t) => {
  const calls = imageCalls(t);
  const id = await imported(calls);
  const { stdout } = await calls.docker(['image', 'prune', '--dry-run']);
  t.is(stdout, `would delete image ${id.slice(7, 19)}\n`);
  t.is((await imageOf(calls, id)).id, id);
});
