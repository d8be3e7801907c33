import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { portableXattrs } from '../../../../src/plugins/image/fs/xattrs.js';
import { imageCalls } from '../support/client.js';
import { temporaryFolder } from '../support/engine.js';
import { graphOf, imageOf } from '../support/imported.js';
import { CAPABILITY, saved, twoLayers } from '../support/two-layers.js';

/** Programs that no one here wrote: `skopeo`, `podman`, `umoci`. */

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const loading = test.macro(
  async (t, convert: (archive: string, folder: string) => string, name: string | undefined) => {
    const from = imageCalls(t);
    const id = await twoLayers(from);
    const archive = convert(await saved(t, from, 'two/layers:1'), temporaryFolder(t));
    const to = imageCalls(t);
    const { stdout, failure } = await to.docker(['load', '-i', archive]);
    t.is(stdout, name ? `Loaded image: ${name}\n` : `Loaded image ID: ${id}\n`, failure);
    t.is((await imageOf(to, id)).id, id, 'the same image');
    const [one, other] = [await graphOf(from), await graphOf(to)];
    for (const diffId of (await imageOf(from, id)).diffIds) {
      t.true((await buffer(one.layerArchive(diffId))).equals(await buffer(other.layerArchive(diffId))));
    }
  },
);

test('from ourselves', loading, (archive) => archive, 'two/layers:1');
for (const [program, ending] of [
  ['gzip', 'gz'],
  ['zstd', 'zst'],
] as const) {
  const compressed = (archive: string): string => {
    run(program, '-q', archive);
    return `${archive}.${ending}`;
  };
  test(`from ourselves, through ${program}`, loading, compressed, 'two/layers:1');
}
for (const [format, name] of [
  ['docker-archive:ARCHIVE:skopeo/made:2', 'skopeo/made:2'],
  ['oci-archive:ARCHIVE:3', undefined],
  ['oci-archive:ARCHIVE:skopeo/oci:3', 'skopeo/oci:3'],
] as const) {
  test(
    `from skopeo, ${format}`,
    loading,
    (archive, folder) => {
      const made = join(folder, 'made.tar');
      run('skopeo', 'copy', '-q', `docker-archive:${archive}`, format.replace('ARCHIVE', made));
      return made;
    },
    name,
  );
}

for (const format of ['docker-archive', 'oci-archive']) {
  test.serial(
    `from podman, which has loaded ours and saved it as ${format}`,
    loading,
    (archive, folder) => {
      const podman = (...args: string[]): string =>
        run(
          'podman',
          '--root',
          join(folder, 'root'),
          '--runroot',
          join(folder, 'run'),
          '--storage-driver=vfs',
          ...args,
        );
      podman('load', '-q', '-i', archive);
      const made = join(folder, 'made.tar');
      podman('save', '-q', '--format', format, '-o', made, 'two/layers:1');
      podman('rmi', '-a', '-f');
      return made;
    },
    'two/layers:1',
  );
}

test('umoci unpacks what we save, and finds all of it', async (t) => {
  const calls = imageCalls(t);
  await twoLayers(calls);
  const archive = await saved(t, calls, 'two/layers:1');
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'oci'));
  run('tar', '-xf', archive, '-C', join(folder, 'oci'));
  run('umoci', 'unpack', '--image', `${folder}/oci:1`, join(folder, 'bundle'));
  const root = join(folder, 'bundle/rootfs');
  t.deepEqual(readdirSync(root).sort(), ['bin', 'etc', 'new']);
  t.is(lstatSync(join(root, 'bin/su')).mode & 0o7777, 0o4755);
  t.is(lstatSync(join(root, 'bin/su')).ino, lstatSync(join(root, 'bin/link')).ino);
  t.is(lstatSync(join(root, 'etc')).uid, 7);
  t.is(portableXattrs(join(root, 'bin/ping')).get('security.capability')?.toString('latin1'), CAPABILITY);
});
