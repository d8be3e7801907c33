import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MNT_DETACH, mount, unmount } from '../../../../src/host/index.js';
import { chooseStorage } from '../../../../src/plugins/image/snapshots/storage-driver.js';
import { storageContract } from '../../../contracts/storage-driver.js';
import { type ImageEngine, openImages, temporaryFolder } from '../support/engine.js';

/** A folder that overlayfs cannot write to, since it is on one itself: as in a container of another engine. */
function onOverlay(t: ExecutionContext): string {
  const folder = temporaryFolder(t);
  const [lower, upper, work, root] = ['lower', 'upper', 'work', 'root'].map((name) => join(folder, name));
  for (const path of [lower, upper, work, root]) mkdirSync(path ?? '');
  mount('overlay', root ?? '', 'overlay', 0, `lowerdir=${lower},upperdir=${upper},workdir=${work}`);
  t.teardown(() => unmount(root ?? '', MNT_DETACH));
  return root ?? '';
}

async function enginesOnOverlay(t: ExecutionContext): Promise<ImageEngine> {
  const engine = await openImages(onOverlay(t));
  t.teardown(() => engine.stop());
  t.is(engine.graph.storage().driver, 'vfs');
  return engine;
}

storageContract(test, enginesOnOverlay);

test('overlay is chosen where it works, vfs with a reason where it does not, and what was asked for in any case', (t) => {
  const root = onOverlay(t);
  t.deepEqual(chooseStorage(temporaryFolder(t), undefined), { driver: 'overlay' });
  t.deepEqual(chooseStorage(root, undefined), {
    driver: 'vfs',
    why: `overlayfs does not work on ${root}: EINVAL`,
  });
  t.deepEqual(chooseStorage(root, 'overlay'), { driver: 'overlay' });
  t.deepEqual(chooseStorage(temporaryFolder(t), 'vfs'), { driver: 'vfs' });
});
