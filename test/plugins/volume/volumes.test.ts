import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { realVolumes } from './support.js';

test('a volume whose row a power cut has kept gets its files back, and an older one of its name does not', async (t) => {
  const { root, volumes } = await realVolumes(t);
  const at = (name: string): string => join(root, 'volumes', name);
  const grave = (name: string, created = volumes.get(name).created.getTime()): string =>
    join(root, 'trash', `volume-${name}-${created}`);
  mkdirSync(join(root, 'trash'));
  for (const name of ['lost', 'made-again', 'gone']) {
    writeFileSync(join(volumes.ensure(name).path, 'file'), name);
  }
  renameSync(at('lost'), grave('lost'));
  renameSync(at('made-again'), grave('made-again', 1000));
  await volumes.remove('gone');
  mkdirSync(grave('gone', 2000));

  await volumes.onStart();
  t.is(readFileSync(join(at('lost'), '_data/file'), 'utf8'), 'lost');
  t.deepEqual(readdirSync(join(root, 'volumes')), ['lost']);
});
