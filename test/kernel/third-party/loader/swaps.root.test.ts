import { readdirSync } from 'node:fs';
import test from 'ava';
import { eventually } from '../../../support/engine.js';
import { commandPlugin, PluginsEngine, pluginProcesses, statusOf } from '../../../support/plugins.js';

const WARM = 100;
const SWAPS = 200;

test('two hundred versions leave one process, the code of it and of the one before, and little in memory', async (t) => {
  // A small young generation: what the daemon holds then is what it keeps, and not what V8 has yet to look at.
  const engine = new PluginsEngine({ NODE_OPTIONS: '--max-semi-space-size=1' });
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
  // Far below what one version kept for each swap would come to; the benchmark tells the figure.
  t.true(rss() - before < 30_000, `${rss() - before} KiB more`);
  t.is(readdirSync(`${engine.root}/plugins/cache`).length, 3);
  t.is(readdirSync(engine.folder).length, 1);
});
