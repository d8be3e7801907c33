/**
 * Sockets over which only some commands can be called. Imports `contracts`; the process that starts the engine gives
 * the listeners. The thunks of the plugin's index.ts load the files themselves, and no other room enters, so that
 * nothing is exported here.
 */
export {};
