/**
 * The user's own process beside the transport: its files and logins, a call made in it, and starting a daemon.
 * Imports engine, kernel, plugins and transport. `main.ts` imports each file when it is needed, so nothing is exported here.
 */
export {};
