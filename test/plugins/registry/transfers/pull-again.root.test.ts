import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { TestEngine } from '../../../support/engine.js';
import { FakeRegistry } from '../support/fake-registry.js';
import { makeImage } from '../support/images.js';

test('a pull brings back what is missing of an image, and a check deletes a blob that is damaged', async (t) => {
  const registry = await FakeRegistry.start();
  const engine = new TestEngine();
  t.teardown(() => {
    registry.stop();
    return engine.destroy();
  });
  const name = `${registry.host}/app:1`;
  registry.image('app', '1', makeImage([Buffer.from('one'), Buffer.from('two')]));
  await engine.ok('pull', name);
  t.is(await engine.ok('system', 'check', '--digests'), 'All is well');
  for (const folder of ['layers', 'recipes']) {
    const [layer = ''] = readdirSync(join(engine.root, folder));
    rmSync(join(engine.root, folder, layer), { recursive: true });
    t.is((await engine.docker(['system', 'check', '--repair'])).code, 1);
    await engine.ok('pull', name);
    t.is(await engine.ok('system', 'check', '--digests'), 'All is well');
  }
  const blobs = join(engine.root, 'blobs');
  const [blob = ''] = readdirSync(blobs);
  writeFileSync(join(blobs, blob), 'damage');
  t.is(await engine.ok('system', 'check'), 'All is well');
  t.regex(
    await engine.ok('system', 'check', '--digests', '--repair'),
    /^blob .*: is not what its digest says: deleted$/,
  );
  t.false(readdirSync(blobs).includes(blob));
});
