import { PluginChecks } from '../../kernel/check.js';
import { definePlugin, provide } from '../../kernel/plugin.js';
import { Checks, Config, Database, Events, Log, RestrictedListeners, RestrictedSockets } from './contracts/index.js';

export { bootId } from './boot.js';
export {
  Config,
  Database,
  type EngineEvent,
  Events,
  Log,
  type RegistrySettings,
  type Removed,
  RestrictedListeners,
  type RestrictedSocket,
  RestrictedSockets,
  UNDO_LIMITS,
  VERSION,
} from './contracts/index.js';
export { copyPath } from './database-file.js';
export * from './descriptors.js';
export { isDiskNearlyFull } from './disk-space.js';
export { folderSize } from './folder-size.js';
export * from './libc.js';
export { LineLog } from './log.js';
export { MemoryDatabase } from './memory-database.js';
export { parseTimeFlag } from './moment.js';
export * from './mounts.js';
export { openInRoot } from './open-in-root.js';
export { identify, isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';
export { Epoll } from './readiness.js';
export { damagedJsonColumns, parseJsonColumn } from './row-text.js';
export { ensureStateFolder, kindAt } from './state-folder.js';
export { setTerminalSize } from './terminal-size.js';

/** The ground that the other plugins stand on. `Config`, `Log` and `RestrictedListeners` are given by the process that starts the engine. */
export const system = definePlugin({
  id: 'system',
  api: 1,
  requires: [Config, RestrictedListeners, Log, PluginChecks],
  provides: [
    provide(Database, async () => (await import('./database.js')).SqliteDatabase),
    provide(Checks, async () => (await import('./checks-of-plugins.js')).PluginCheckRunner, {
      effects: async () => (await import('./checks-effects.js')).CHECKS_EFFECTS,
    }),
    provide(Events, async () => (await import('./events.js')).SqlEvents, {
      effects: async () => (await import('./events-effects.js')).EVENTS_EFFECTS,
    }),
    provide(RestrictedSockets, async () => (await import('./limited-sockets.js')).SqlRestrictedSockets, {
      effects: async () => (await import('./limited-sockets-effects.js')).RESTRICTED_SOCKETS_EFFECTS,
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
