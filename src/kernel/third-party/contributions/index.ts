/**
 * Contributions of loaded plugins: handlers of events, columns and filters of tables, transports.
 * Imports loader and process. Each class is made when a process first needs it.
 */
export { Deliveries, type EventSource } from './event-deliveries.js';
export { PluginTables } from './plugin-tables.js';
