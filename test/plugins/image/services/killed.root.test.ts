import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { openImages, temporaryFolder } from '../support/engine.js';
import { graphFaults } from '../support/graph-check.js';
import { seeded } from '../support/seeded.js';

/** `GANTRY_KILLS=200 GANTRY_SEED=7` for more of it, and for what failed once. */
const KILLS = Number(process.env['GANTRY_KILLS'] ?? 15);
const SEED = Number(process.env['GANTRY_SEED'] ?? Date.now() % 1_000_000);
const LONGEST_MS = 700;
const BUSY = new URL('../support/busy-process.js', import.meta.url).pathname;

test('whatever moment a process is killed at, images are whole, and nothing else is left', async (t) => {
  t.timeout(60_000 + KILLS * 3000);
  t.log(`GANTRY_SEED=${SEED}`);
  const random = seeded(SEED);
  const root = temporaryFolder(t);
  for (let kill = 0; kill < KILLS; kill++) {
    const victim = spawn(process.execPath, [BUSY, root, String(SEED + kill)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(victim.stdout, 'data');
    await setTimeout(random(LONGEST_MS));
    victim.kill('SIGKILL');
    await once(victim, 'close');
    t.deepEqual(await faultsAfterStart(root), [], `seed ${SEED}, kill ${kill}`);
  }
  const engine = await openImages(root);
  for (const { imageId, repository, tag } of engine.tags.list()) {
    t.truthy(engine.graph.get(imageId));
    engine.tags.delete(`${repository}:${tag}`);
  }
  while (engine.graph.list().length > 0) {
    for (const { id } of engine.graph.list()) await engine.graph.remove(id).catch(() => undefined);
  }
  await engine.graph.emptyTrash();
  await engine.stop();
  for (const folder of ['layers', 'recipes']) t.deepEqual(readdirSync(join(root, folder)), []);
});

/** An unpacker outlives its engine for a moment, and holds its folders' locks until then: a later start sweeps them. */
async function faultsAfterStart(root: string): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const engine = await openImages(root);
    const faults = await graphFaults(engine);
    await engine.stop();
    if (faults.length === 0 || attempt === 100) return faults;
    await setTimeout(20);
  }
}
