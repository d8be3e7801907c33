import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { PluginHost } from '../../../src/kernel/index.js';
import { LocalWorkbench } from '../../../src/plugins/plugin/workbench.js';
import type { Config } from '../../../src/plugins/system/index.js';

test('a daemon neither writes nor runs anything for whoever asks', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-author-'));
  t.teardown(() => rmdirSync(folder));
  const workbench = new LocalWorkbench({} as PluginHost, { daemon: true } as Config);
  await t.throwsAsync(workbench.scaffold(folder, 'greet'), { message: /and not by a daemon/ });
  await t.throwsAsync(workbench.test(folder, [], {} as never), { message: /and not by a daemon/ });
  t.deepEqual(readdirSync(folder), []);
});
