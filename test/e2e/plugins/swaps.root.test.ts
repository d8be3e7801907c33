import { readdirSync } from 'node:fs';
import test from 'ava';
import { eventually } from '../../support/engine.js';
import { commandPlugin, PluginsEngine, pluginProcesses, statusOf } from '../../support/plugins.js';

/** The benchmark measures more (`npm run bench -- --only plugin-swaps`). */
const WARM = 15;
const SWAPS = 30;
/** A version that is kept costs a megabyte and more. */
const MOST_GROWTH_KIB = 15_000;

test('thirty versions leave one process, the code of it and of the one before, and little in memory', async (t) => {
  const engine = new PluginsEngine();
  t.teardown(() => engine.destroy());
  await engine.startDaemon();
  const rss = (): number => Number.parseInt(statusOf(engine.daemonPid)['VmRSS'] ?? '', 10);
  let before = 0;
  for (let version = 0; version < WARM + SWAPS; version++) {
    if (version === WARM) before = rss();
    engine.drop('swap.ts', commandPlugin('swap', `stdout.write('version ${version}\\n');`));
    await engine.says(['swap'], `version ${version}\n`);
  }
  await eventually(() => pluginProcesses(engine.daemonPid).length === 1);
  t.true(rss() - before < MOST_GROWTH_KIB, `${rss() - before} KiB more`);
  t.is(readdirSync(`${engine.root}/plugins/cache`).length, 3);
  t.is(readdirSync(engine.folder).length, 1);
});
