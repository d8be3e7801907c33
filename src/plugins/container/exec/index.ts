/**
 * Programs that `exec` runs in a container beside its own: the OCI process, streams, monitor, exit code.
 * `pty-host-exec.ts` is a program of its own, found beside `start-exec.ts`. Imports contracts, host, oci, parsers and
 * terminals.
 */
export { startExec } from './start-exec.js';
