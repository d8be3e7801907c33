/**
 * Terminals of containers: the console socket of the OCI runtime, sizes, and `pty-host.ts`, the program that holds a
 * terminal beside the engine. No file imports that program; `pty-host-path.ts` says where it is. Imports no room.
 */
export { openTerminal } from './open-terminal.js';
export { PTY_HOST } from './pty-host-path.js';
export { CONSOLE_SOCKET, copyInput, parseSize } from './terminal.js';
