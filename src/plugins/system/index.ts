import { definePlugin, provide } from '../../kernel/plugin.js';
import { Config, Database, Log } from './contracts.js';

export { bootId } from './boot.js';
export { Config, Database, Log } from './contracts.js';
export * from './libc.js';
export { LineLog } from './log.js';
export { identify, isAlive, type ProcessIdentity, self } from './process-identity.js';
export { VERSION } from './version.js';

/** The ground that the other plugins stand on. `Config` and `Log` are given by the process that starts the engine. */
export const system = definePlugin({
  id: 'system',
  api: 1,
  requires: [Config, Log],
  provides: [provide(Database, async () => (await import('./database.js')).SqliteDatabase)],
  commands: {
    completion: async () => (await import('./commands/completion.js')).Completion,
    version: async () => (await import('./commands/version.js')).Version,
  },
});
