/**
 * The services that the plugin provides, each beside its dry run, their errors, and the check of `system check`.
 * Imports `addresses`, `bridge`, `contracts`, `host` and `records`. The thunks of the plugin's index.ts load the files
 * themselves, and no other room enters, so that nothing is exported here.
 */
export {};
