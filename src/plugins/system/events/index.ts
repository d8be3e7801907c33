/**
 * Events: the log, and durable subscriptions. Imports `contracts` and `database`. The thunks of the plugin's index.ts load the
 * files themselves, and no other room enters, so that nothing is exported here.
 */
export {};
