/**
 * `system check`: containers against their rows and folders, runs against their processes, and objects on the host that
 * belong to no container. Run by the thunks of the plugin's `index.ts` alone. Imports contracts, host, logs and records.
 */
export {};
