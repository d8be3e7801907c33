import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MNT_DETACH, unmount } from '../../../../src/host/index.js';
import { OverlaySnapshot } from '../../../../src/plugins/image/snapshots/overlay.js';
import { storageContract } from '../../../contracts/storage-driver.js';
import { newImages, temporaryFolder } from '../support/engine.js';

storageContract(test, (t) => newImages(t, 'overlay'));

test('as many layers as the kernel takes, and folders with any name, can be mounted', (t) => {
  const folder = join(temporaryFolder(t), 'a,b:c\\d');
  const lowers = Array.from({ length: 500 }, (_, index) => join(folder, `layer-${'x'.repeat(60)}-${index}`));
  for (const [index, path] of lowers.entries()) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, `file-${index}`), '');
    writeFileSync(join(path, 'who'), String(index));
  }
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [upper, work, root]) mkdirSync(path);
  new OverlaySnapshot(lowers, { upper, work }).mount(root);
  t.teardown(() => unmount(root, MNT_DETACH));
  t.is(readdirSync(root).length, 501);
  t.is(readFileSync(join(root, 'who'), 'utf8'), '0', 'the first one is the highest');
  t.like(
    t.throws(() => new OverlaySnapshot([...lowers, folder]).mount(root)),
    { kind: 'invalid', message: 'the image has 501 layers, and the kernel mounts 500 at most' },
  );
});
