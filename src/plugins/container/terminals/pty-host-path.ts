import { fileURLToPath } from 'node:url';

/** The program `pty-host.ts`: beside this file, or beside the chunk that this file is bundled into. */
export const PTY_HOST = fileURLToPath(new URL('./pty-host.js', import.meta.url));
