import type { OptionMetadata } from '../contracts/index.js';

/**
 * The hidden command that shells ask: `docker __complete WORD...`. The words of the line that is being typed follow, the one
 * under the cursor last. No plugin can have a command of this name.
 */
export const COMPLETE = '__complete';

/** Flags of every command, as help shows them below the global ones. */
export const OF_ANY_COMMAND: readonly OptionMetadata[] = [
  {
    property: 'dryRun',
    flags: '--dry-run',
    description: 'After any command: say what it would change, and change nothing',
    type: 'boolean',
  },
  {
    property: 'explain',
    flags: '--explain',
    description: 'After any command: say who has a say in it, and what it would change',
    type: 'boolean',
  },
];

/** Flags before the command, as help and completion show them. `src/engine/settings.ts` parses them. */
export const GLOBAL_OPTIONS: readonly OptionMetadata[] = [
  { property: 'daemon', flags: '-d', description: 'Run as the daemon', type: 'boolean' },
  { property: 'debug', flags: '-D, --debug', description: 'Enable debug mode', type: 'boolean' },
  {
    property: 'hosts',
    flags: '-H, --host',
    description: 'Daemon socket to connect to, or for the daemon to listen on',
    type: 'list',
    value: 'ADDR',
  },
  {
    property: 'pluginDirs',
    flags: '--plugins-dir',
    description: 'Folder of third-party plugins',
    type: 'list',
    value: 'DIR',
    complete: 'folder',
  },
  {
    property: 'root',
    flags: '--root',
    description: 'Folder of all persistent state',
    type: 'string',
    value: 'DIR',
    shownDefault: '/var/lib/gantry',
    complete: 'folder',
  },
  {
    property: 'storageDriver',
    flags: '--storage-driver',
    description: 'How the roots of containers are made: overlay mounts layers, vfs copies them (default: what works)',
    type: 'string',
    value: 'DRIVER',
    complete: ['overlay', 'vfs'],
  },
  { property: 'version', flags: '-v, --version', description: 'Print version information and quit', type: 'boolean' },
];
