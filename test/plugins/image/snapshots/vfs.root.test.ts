import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MNT_DETACH, unmount } from '../../../../src/host/index.js';
import { isSameFile } from '../../../../src/plugins/image/snapshots/same-entry.js';
import { storageContract } from '../../../contracts/storage-driver.js';
import { newImages, openImages, temporaryFolder } from '../support/engine.js';
import { stream, tar } from '../support/tars.js';

storageContract(test, (t) => newImages(t, 'vfs'));

test('a copy that a killed process has left is taken away, and made anew', async (t) => {
  const { graph, root } = await newImages(t, 'vfs');
  const { id } = await graph.create(stream(tar([{ path: 'x', body: 'x' }])), {});
  const [upper, left] = ['upper', '.tmp-left'].map((name) => join(root, 'container', name)) as [string, string];
  for (const path of [upper, left]) mkdirSync(path, { recursive: true });
  const filesystem = graph.rootFilesystem(id, upper, '');
  t.throws(() => filesystem.mount(root), { message: /is not prepared/ });
  await Promise.all([filesystem.prepare(), graph.rootFilesystem(id, upper, '').prepare()]);
  t.deepEqual(readdirSync(join(root, 'container')), ['upper', 'upper.copied']);
  t.true(readdirSync(upper).includes('x'));
});

test('a container keeps the driver that it was started with', async (t) => {
  const home = temporaryFolder(t);
  const [copying, mounting] = [await openImages(home, 'vfs'), await openImages(home, 'overlay')];
  for (const engine of [copying, mounting]) t.teardown(() => engine.stop());
  const { id } = await copying.graph.create(stream(tar([{ path: 'x', body: 'x' }])), {});
  const [copied, mounted, target] = ['copied', 'mounted', 'target'].map((name) => mkdtempSync(join(home, name))) as [
    string,
    string,
    string,
  ];
  await copying.graph.rootFilesystem(id, copied, '').prepare();
  mounting.graph.rootFilesystem(id, copied, '').mount(target);
  t.teardown(() => unmount(target, MNT_DETACH));
  t.true(readdirSync(target).includes('x'));
  writeFileSync(join(mounted, 'change'), 'x');
  t.like(await t.throwsAsync(copying.graph.rootFilesystem(id, mounted, '').prepare()), {
    kind: 'conflict',
    message: 'the container has changes that were made with the storage driver overlay',
  });
});

test('a file that has become a pipe since it was looked at is another one, and is not waited for', async (t) => {
  const at = join(temporaryFolder(t), 'file');
  writeFileSync(at, 'x');
  const seen = { stat: lstatSync(at, { bigint: true }), at };
  t.true(await isSameFile(seen, seen));
  rmSync(at);
  execFileSync('mkfifo', [at]);
  t.false(await isSameFile(seen, seen));
});
