import { definePlugin, PluginChecks, provide } from '../../kernel/contracts/index.js';
import { Checks, Config, Database, Events, LimitedListeners, LimitedSockets, Log } from './contracts.js';

export { bootId } from './boot.js';
export {
  Config,
  Database,
  type EngineEvent,
  Events,
  LimitedListeners,
  type LimitedSocket,
  LimitedSockets,
  Log,
  type RegistrySettings,
} from './contracts.js';
export { copyPath } from './database-file.js';
export { folderSize } from './folder-size.js';
export * from './libc.js';
export { LineLog } from './log.js';
export { MemoryDatabase } from './memory-database.js';
export { parseMoment } from './moment.js';
export { identify, isAlive, type ProcessIdentity, self } from './process-identity.js';
export { Readiness } from './readiness.js';
export { isShortOfSpace, type Removed, TRASH_BOUNDS } from './removed.js';
export { damagedTexts, textOfRow } from './row-text.js';
export { kindAt, makeStateFolder } from './state-folder.js';
export { VERSION } from './version.js';

/** The ground that the other plugins stand on. `Config`, `Log` and `LimitedListeners` are given by the process that starts the engine. */
export const system = definePlugin({
  id: 'system',
  api: 1,
  requires: [Config, LimitedListeners, Log, PluginChecks],
  provides: [
    provide(Database, async () => (await import('./database.js')).SqliteDatabase),
    provide(Checks, async () => (await import('./checks-of-plugins.js')).ChecksOfPlugins, {
      effects: async () => (await import('./checks-effects.js')).CHECKS_EFFECTS,
    }),
    provide(Events, async () => (await import('./events.js')).SqlEvents, {
      effects: async () => (await import('./events-effects.js')).EVENTS_EFFECTS,
    }),
    provide(LimitedSockets, async () => (await import('./limited-sockets.js')).SqlLimitedSockets, {
      effects: async () => (await import('./limited-sockets-effects.js')).limitedSocketsEffects,
    }),
  ],
  checks: { database: async () => (await import('./database-check.js')).DatabaseCheck },
  groups: { socket: 'Manage sockets with fewer rights' },
  commands: {
    completion: async () => (await import('./commands/completion.js')).Completion,
    'events|system events': async () => (await import('./commands/events.js')).EventsCommand,
    'system check': async () => (await import('./commands/check.js')).SystemCheck,
    version: async () => (await import('./commands/version.js')).Version,
    'socket create': async () => (await import('./commands/socket-create.js')).SocketCreate,
    'socket ls|socket list': async () => (await import('./commands/socket-ls.js')).SocketLs,
    'socket rm|socket remove': async () => (await import('./commands/socket-rm.js')).SocketRm,
  },
});
