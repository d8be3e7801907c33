import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { pluginCommands } from '../../src/client/client-plugins.js';
import { ManifestCache } from '../../src/kernel/third-party/loader/manifest-cache.js';
import type { Manifest } from '../../src/kernel/third-party/protocol/index.js';

const root = mkdtempSync(join(tmpdir(), 'gantry-client-plugins-'));
test.after.always(() => rmSync(root, { recursive: true }));

test('the commands and flags of plugins, as the engine has noted them; none where it has not', (t) => {
  t.deepEqual(pluginCommands(root), { commands: [], extensions: [] });
  const commands = [{ metadata: { name: 'greet' }, options: [] }] as never;
  const manifest = { commands, extensions: [] } as unknown as Manifest;
  const cache = join(root, 'plugins/cache');
  new ManifestCache(cache, []).set('/greet.ts', {
    ...{ inputs: [], stamps: '', good: { hash: 'x', entry: '', manifest } },
  });
  t.deepEqual(pluginCommands(root), { commands, extensions: [] });
  t.is(statSync(cache).mode & 0o777, 0o711);
  t.is(statSync(join(cache, 'index.json')).mode & 0o777, 0o644);
});
