import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { makeManyTrees } from '../../plugins/image/support/many-trees.js';
import { describeTree } from '../../plugins/image/support/trees.js';
import { engineFor } from '../../support/engine.js';

/**
 * Some sixty small trees, each of one kind of thing that archives lose, go through every way that files take: they have to
 * arrive as they were.
 */

const given = engineFor(test);
const home = mkdtempSync(join(tmpdir(), 'gantry-directions-'));
test.after.always(() => rmSync(home, { recursive: true }));

const trees = join(home, 'trees');
const CORE = ['holes/all', 'holes/start', 'holes/end', 'holes/odd', 'holes/many'];
let wanted: Record<string, unknown> = {};

test.before(() => {
  mkdirSync(trees);
  makeManyTrees(trees);
  wanted = describeTree(trees);
});

/** Only what differs is shown: there are thousands of files. */
function same(t: ExecutionContext, found: Record<string, unknown>, expected: Record<string, unknown>): void {
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])];
  const differs = names.filter((name) => !sameEntry(found[name], expected[name]));
  t.deepEqual(
    differs.slice(0, 10).map((name) => `${name} ${text(found[name])}`),
    differs.slice(0, 10).map((name) => `${name} ${text(expected[name])}`),
  );
  t.is(differs.length, 0);
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? `${member}` : member)) ?? '';
const sameEntry = (one: unknown, other: unknown): boolean => text(one) === text(other);

function arrived(t: ExecutionContext, folder: string): void {
  same(t, describeTree(folder), wanted);
  for (const name of CORE)
    t.true(lstatSync(join(folder, name)).blocks < lstatSync(join(trees, name)).blocks + 256, name);
}

/** The folder of an image's highest layer. */
async function layerOf(image: string): Promise<string> {
  const layers = JSON.parse(
    await given.engine.ok('image', 'inspect', '-f', '{{json .RootFS.Layers}}', image),
  ) as string[];
  return join(given.engine.root, 'layers', layers.at(-1)?.slice('sha256:'.length) ?? '');
}

test.serial('into a container, and out of one to the client', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'box', '-v', 'in:/v', 'busybox', 'true');
  await engine.ok('cp', '-a', trees, 'box:/trees');
  await engine.ok('cp', '-a', `${trees}/.`, 'box:/v');
  arrived(t, join(engine.root, 'volumes/in/_data'));
  await engine.ok('cp', '-a', 'box:/trees', join(home, 'out'));
  arrived(t, join(home, 'out'));
});

test.serial('commit, save and load, export and import', async (t) => {
  const { engine } = given;
  await engine.ok('commit', 'box', 'committed');
  arrived(t, join(await layerOf('committed'), 'trees'));
  const file = join(home, 'archive');
  await engine.ok('save', '-o', file, 'committed');
  await engine.ok('rmi', 'committed');

  await engine.ok('load', '-i', file);
  arrived(t, join(await layerOf('committed'), 'trees'));
  await engine.ok('export', '-o', file, 'box');
  await engine.ok('import', file, 'exported');
  arrived(t, join(await layerOf('exported'), 'trees'));
});

test.serial('a volume is filled with all of it', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'filler', '-v', 'filled:/trees', 'exported', 'true');
  arrived(t, join(engine.root, 'volumes/filled/_data'));
});

const PYTHON = `import tarfile, sys
with tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.PAX_FORMAT) as archive: archive.add('.')`;
const WRITERS: readonly (readonly string[])[] = [
  ['tar', '--format=gnu', '-S', '-c', '.'],
  ['tar', '--format=posix', '-S', '--xattrs', '--xattrs-include=*', '-c', '.'],
  ['bsdtar', '--format=pax', '--xattrs', '-c', '-f', '-', '.'],
  ['busybox', 'tar', '-c', '.'],
  ['python3', '-c', PYTHON],
];
/** What not every one of them can hold. */
const DIFFERS = /^(?:attributes|capabilities|access lists|time -|owner 4294967294|hard links\/(?:a\/)?(?:null|pipe))/;

function common(tree: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(tree).filter(([name]) => !DIFFERS.test(name));
  return Object.fromEntries(
    kept.map(([name, what]) => {
      const { time, first: _first, ...rest } = what as { time: bigint; first: string };
      return [name, { ...rest, seconds: time / 1_000_000_000n }];
    }),
  );
}

test.serial('what others write is imported as they wrote it', async (t) => {
  for (const [index, [program = '', ...args]] of WRITERS.entries()) {
    // They warn of names and times that are unusual, as they should.
    const archive = spawnSync(program, args, { cwd: trees, maxBuffer: 2 ** 26 }).stdout;
    writeFileSync(join(home, 'archive'), archive);
    await given.engine.ok('import', join(home, 'archive'), `written:${index}`);
    same(t, common(describeTree(await layerOf(`written:${index}`))), common(wanted));
  }
});
