/**
 * Types, tokens and constants that every other plugin depends on, a file a subject: configuration, database, log,
 * events, restricted sockets, checks, undo. Imports the kernel alone, and holds no code.
 */
export { Checks } from './checks.js';
export { Config, type RegistrySettings } from './config.js';
export { Database } from './database.js';
export { type EngineEvent, type EventLog, type EventSubscriptions, Events } from './events.js';
export { Log } from './log.js';
export { RestrictedListeners, type RestrictedSocket, RestrictedSockets } from './restricted-sockets.js';
export { type Removed, UNDO_LIMITS } from './undo-retention.js';
