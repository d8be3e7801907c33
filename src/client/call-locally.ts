import { writeSync } from 'node:fs';
import { configOf, createEngine, isAlwaysLocal, type Settings } from '../engine/index.js';
import { NeedsDaemon, type Outcome } from '../kernel/contracts/index.js';
import { outcomeOf } from '../kernel/text/index.js';
import { LineLog } from '../plugins/system/index.js';
import { LocalClient } from '../transport/local/index.js';
import { clientLogins } from './client-logins.js';

/** Does in this process what a daemon would do, where none is needed. */
export async function callLocally(settings: Settings): Promise<Outcome | 'needs a daemon'> {
  const log = new LineLog((line) => {
    if (settings.debug) writeSync(2, line);
  }, settings.debug);
  const engine = createEngine(configOf(settings), log);
  const client = new LocalClient(
    {
      env: process.env,
      cwd: process.cwd(),
      logins: async () => clientLogins(),
      trees: async () => (await import('./client-files.js')).CLIENT_TREES,
    },
    settings.argv,
  );
  try {
    if (!isAlwaysLocal(settings.argv)) await engine.plugins.load();
    return await client.finish(await engine.call.handle(settings.argv, client));
  } catch (error) {
    await client.finish({ exitCode: 0 });
    return error instanceof NeedsDaemon ? 'needs a daemon' : outcomeOf(error);
  } finally {
    engine.plugins.stop();
    // What the call has said holds, whether or not everything could be closed.
    await engine.services.stop().catch((error) => log.warn(String(error)));
  }
}
