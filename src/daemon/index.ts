/**
 * The daemon's process: its lock, its listeners, sockets with fewer rights, transports of plugins.
 * Imports engine, kernel, plugins and transport. `main.ts` imports `daemon.ts` when it is needed, so nothing is exported here.
 */
export {};
