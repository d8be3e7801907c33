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
  {
    property: 'config',
    flags: '--config',
    description: 'Location of client config files',
    type: 'string',
    shownDefault: '~/.docker',
    complete: 'folder',
  },
  {
    property: 'context',
    flags: '-c, --context',
    description: "Name of a context of Docker's client, in the place of -H",
    type: 'string',
  },
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
    property: 'logLevel',
    flags: '-l, --log-level',
    description: 'Set the logging level: debug, info, warn, error, fatal',
    type: 'string',
    shownDefault: 'info',
    complete: ['debug', 'info', 'warn', 'error', 'fatal'],
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
  { property: 'tls', flags: '--tls', description: 'Use TLS; implied by --tlsverify', type: 'boolean' },
  tlsFile('tlscacert', 'Trust certs signed only by this CA', 'ca.pem'),
  tlsFile('tlscert', 'Path to TLS certificate file', 'cert.pem'),
  tlsFile('tlskey', 'Path to TLS key file', 'key.pem'),
  { property: 'tlsverify', flags: '--tlsverify', description: 'Use TLS and verify the remote', type: 'boolean' },
  { property: 'version', flags: '-v, --version', description: 'Print version information and quit', type: 'boolean' },
];

function tlsFile(name: string, description: string, file: string): OptionMetadata {
  const shownDefault = `~/.docker/${file}`;
  return { property: name, flags: `--${name}`, description, type: 'string', shownDefault, complete: 'file' };
}
