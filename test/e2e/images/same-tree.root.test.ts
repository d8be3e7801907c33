import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { describeTree, makeTree } from '../../plugins/image/support/trees.js';
import { TestEngine } from '../../support/engine.js';

/** One tree, with all that archives tend to lose, on its way through us and through programs that no one here wrote. */

const NAME = 'same/tree:1';
const BUSYBOX = '/bin/busybox';
/** What makes a second layer: whiteouts, an opaque directory, a directory in place of a file, a link gone. */
const SCRIPT = `
  cd /; b=${BUSYBOX}
  $b rm owned etc/passwd-; $b rm -r tmp; $b mkdir tmp; echo new > tmp/file
  $b rm empty; $b mkdir empty; echo x > empty/in
  $b ln su hard; $b chown 5:6 null; $b mv group moved`;

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 });

interface Scene {
  readonly engine: TestEngine;
  /** A new one. */
  folder(name: string): string;
}

async function scene(t: ExecutionContext): Promise<Scene> {
  const engine = await TestEngine.withDaemon();
  const home = mkdtempSync(join(tmpdir(), 'tree-'));
  t.teardown(async () => {
    await engine.destroy();
    rmSync(home, { recursive: true });
  });
  return { engine, folder: (name) => mkdtempSync(join(home, name)) };
}

/** What an export has beside the image, as Docker's does. */
const OF_ENGINE = [
  ...['.dockerenv', 'dev', 'dev/console', 'dev/pts', 'dev/shm', 'proc', 'sys'],
  ...['etc/hostname', 'etc/hosts', 'etc/mtab', 'etc/resolv.conf'],
];

/** What a container of the image has, by `export` and GNU tar. */
async function exported({ engine, folder }: Scene, image: string): Promise<Record<string, unknown>> {
  const into = folder('exported');
  const id = await engine.ok('create', image, BUSYBOX);
  await engine.ok('export', '-o', `${into}.tar`, id);
  run('tar', '--xattrs', '--xattrs-include=*', '--same-owner', '-xpf', `${into}.tar`, '-C', into);
  const tree = describeTree(into);
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !OF_ENGINE.includes(path)));
}

/** What another engine has of an archive of images. */
async function loaded(t: ExecutionContext, archive: string, name = NAME): Promise<Record<string, unknown>> {
  const other = await scene(t);
  await other.engine.ok('load', '-i', archive);
  return exported(other, name);
}

function unpackedByUmoci({ folder }: Scene, archive: string): Record<string, unknown> {
  const layout = folder('layout');
  run('tar', '-xf', archive, '-C', layout);
  run('umoci', 'unpack', '--image', `${layout}:1`, `${layout}-bundle`);
  return describeTree(`${layout}-bundle/rootfs`);
}

function throughPodman({ folder }: Scene, archive: string, format: string): string {
  const home = folder('p');
  const podman = (...args: string[]): string =>
    run('podman', '--root', `${home}/root`, '--runroot', `${home}/run`, '--storage-driver=vfs', ...args);
  podman('load', '-q', '-i', archive);
  podman('save', '-q', '--format', format, '-o', `${home}.tar`, NAME);
  podman('rmi', '-a', '-f');
  return `${home}.tar`;
}

function throughSkopeo({ folder }: Scene, from: string, to: string): string {
  const made = join(folder('skopeo'), `${to}.tar`);
  run('skopeo', 'copy', '-q', `docker-archive:${from}`, `${to}:${made}:${NAME}`);
  return made;
}

async function goesEverywhere(t: ExecutionContext, place: Scene, tree: Record<string, unknown>): Promise<void> {
  const archive = join(place.folder('saved'), 'saved.tar');
  await place.engine.ok('save', '-o', archive, NAME);
  t.deepEqual(await loaded(t, archive), tree, 'save and load');
  t.deepEqual(unpackedByUmoci(place, archive), tree, 'umoci');
  for (const format of ['docker-archive', 'oci-archive']) {
    const bySkopeo = throughSkopeo(place, archive, format);
    t.deepEqual(await loaded(t, bySkopeo), tree, `skopeo, ${format}`);
    t.deepEqual(await loaded(t, throughPodman(place, archive, format)), tree, `podman, ${format}`);
  }
}

test('a tree is the same everywhere, and so is what a commit made of it', async (t) => {
  const place = await scene(t);
  const tree = place.folder('tree');
  makeTree(tree);
  mkdirSync(join(tree, 'bin'));
  copyFileSync('/bin/busybox', join(tree, BUSYBOX));
  chmodSync(join(tree, BUSYBOX), 0o755);
  const archive = join(place.folder('archive'), 'tree.tar');
  run('tar', '--format=posix', '--xattrs', '--xattrs-include=*', '-cf', archive, '-C', tree, '.');
  await place.engine.ok('import', archive, NAME);
  const original = describeTree(tree);
  t.deepEqual(await exported(place, NAME), original, 'import and export');
  await goesEverywhere(t, place, original);

  await place.engine.ok('run', '--name', 'changed', '--network', 'none', NAME, BUSYBOX, 'sh', '-c', SCRIPT);
  await place.engine.ok('commit', 'changed', NAME);
  const changed = await exported(place, NAME);
  t.deepEqual(
    Object.keys(changed).sort(),
    [...Object.keys(original), 'empty/in', 'hard', 'moved', 'moved/member', 'tmp/file']
      .filter((path) => !['owned', 'etc/passwd-', 'group', 'group/member'].includes(path))
      .sort(),
  );
  await goesEverywhere(t, place, changed);
});
