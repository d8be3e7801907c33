/**
 * The service behind `system check`, which runs the checks of all plugins. Imports `contracts`. The thunks of the
 * plugin's index.ts load the files themselves, and no other room enters, so that nothing is exported here.
 */
export {};
