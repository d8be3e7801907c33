export { VERSION } from '../../kernel/contracts/index.js';

import { definePlugin, PluginChecks, provide } from '../../kernel/contracts/index.js';
import { Checks, Config, Database, Events, Log, RestrictedListeners, RestrictedSockets } from './contracts/index.js';

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
} from './contracts/index.js';
export { copyPath, damagedJsonColumns, MemoryDatabase, parseJsonColumn } from './database/index.js';
export { parseTimeFlag } from './events/index.js';
export { LineLog } from './log/index.js';
/**
 * Services that every other plugin depends on. The process that starts the engine provides `Config`, `Log` and
 * `RestrictedListeners`.
 */
export const system = definePlugin({
  id: 'system',
  api: 1,
  requires: [Config, RestrictedListeners, Log, PluginChecks],
  provides: [
    provide(Database, async () => (await import('./database/database.js')).SqliteDatabase),
    provide(Checks, async () => (await import('./checks/plugin-check-runner.js')).PluginCheckRunner, {
      effects: async () => (await import('./checks/checks-dry-run.js')).CHECKS_EFFECTS,
    }),
    provide(Events, async () => (await import('./events/events.js')).SqlEvents, {
      effects: async () => (await import('./events/events-dry-run.js')).EVENTS_EFFECTS,
    }),
    provide(RestrictedSockets, async () => (await import('./sockets/restricted-sockets.js')).SqlRestrictedSockets, {
      effects: async () => (await import('./sockets/restricted-sockets-dry-run.js')).RESTRICTED_SOCKETS_EFFECTS,
    }),
  ],
  checks: { database: async () => (await import('./database/database-check.js')).DatabaseCheck },
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
