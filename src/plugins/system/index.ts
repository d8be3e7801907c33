import { definePlugin, provide } from '../../kernel/plugin.js';
import { Config, Database, Events, Log } from './contracts.js';

export { bootId } from './boot.js';
export { Config, Database, type EngineEvent, Events, Log } from './contracts.js';
export * from './libc.js';
export { LineLog } from './log.js';
export { MemoryDatabase } from './memory-database.js';
export { identify, isAlive, type ProcessIdentity, self } from './process-identity.js';
export { VERSION } from './version.js';

/** The ground that the other plugins stand on. `Config` and `Log` are given by the process that starts the engine. */
export const system = definePlugin({
  id: 'system',
  api: 1,
  requires: [Config, Log],
  provides: [
    provide(Database, async () => (await import('./database.js')).SqliteDatabase),
    provide(Events, async () => (await import('./events.js')).SqlEvents, {
      effects: async () => (await import('./events-effects.js')).EVENTS_EFFECTS,
    }),
  ],
  commands: {
    'events|system events': async () => (await import('./commands/events.js')).EventsCommand,
    version: async () => (await import('./commands/version.js')).Version,
  },
});
