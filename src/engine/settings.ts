import { GantryError } from '../kernel/contracts/index.js';
import { COMPLETE } from '../kernel/parsing/index.js';
import { parseSize } from '../kernel/text/index.js';
import { type GlobalFlags, readGlobalFlags } from './global-flags.js';

/** Settings from flags before the command, and from the environment. */
export interface Settings {
  readonly root: string;
  readonly runDir: string;
  /** Addresses given by `-H` or DOCKER_HOST; empty: none was. */
  readonly hosts: readonly string[];
  readonly pluginDirs: readonly string[];
  /** The context of Docker's client that has the address, where no other is given; undefined: none is named. */
  readonly context: string | undefined;
  readonly daemon: boolean;
  readonly debug: boolean;
  /** Print the version, and nothing else. */
  readonly version: boolean;
  /** Variables that flags stand for, by name: `--config` is DOCKER_CONFIG. They go before those of the environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly storageDriver: 'overlay' | 'vfs' | undefined;
  /** Bytes of an uncompressed layer from which on it counts as a bomb; undefined: the engine's own limit. */
  readonly maxLayerBytes: number | undefined;
  /** The command and all that follows it. */
  readonly argv: readonly string[];
}

const DEFAULT_ROOT = '/var/lib/gantry';
const DEFAULT_RUN_DIR = '/run/gantry';

/** Where a daemon of that root listens unless told otherwise. */
export function defaultAddress(runDir: string): string {
  return `unix://${runDir}/docker.sock`;
}

/** Whether the client's own process runs a command, in its user's folder and with its user's rights, daemon or not. */
export function isAlwaysLocal([group = '', command = '']: readonly string[]): boolean {
  return group === 'plugin' && (command === 'new' || command === 'test');
}

type Env = Readonly<Record<string, string | undefined>>;

/** Flag over environment over default. @throws GantryError `usage` */
export function parseSettings(args: readonly string[], env: Env, cwd: string): Settings {
  return args[0] === COMPLETE ? whileTyping(args, env, cwd) : parse(args, env, cwd);
}

/** The options of the line that is being typed say whose names complete it. What they get wrong is not held against it. */
function whileTyping(args: readonly string[], env: Env, cwd: string): Settings {
  try {
    return { ...parse(args.slice(1, -1), env, cwd), daemon: false, argv: args };
  } catch {
    return {
      ...parse([], { ...env, GANTRY_STORAGE_DRIVER: undefined, GANTRY_MAX_LAYER_SIZE: undefined }, cwd),
      argv: args,
    };
  }
}

function parse(args: readonly string[], env: Env, cwd: string): Settings {
  const { flags, rest } = readGlobalFlags(args);
  const last = (name: string): string | undefined => flags.get(name)?.at(-1);
  const root = absolute(last('root') || (flags.has('root') ? DEFAULT_ROOT : env['GANTRY_ROOT'] || DEFAULT_ROOT), cwd);
  const daemon = last('daemon') === 'true';
  if (daemon && rest.length > 0) {
    throw new GantryError('usage', `docker: -d starts the daemon, and takes no command: ${rest.join(' ')}`);
  }
  const maxLayer = env['GANTRY_MAX_LAYER_SIZE'];
  return {
    root,
    runDir: root === DEFAULT_ROOT ? DEFAULT_RUN_DIR : `${root}/run`,
    ...destinationOf(flags, env),
    pluginDirs: pluginFolders(flags.get('plugins-dir') ?? [], env).map((folder) => absolute(folder, cwd)),
    daemon,
    debug: last('debug') === 'true' || isDebugLevel(last('log-level')),
    version: last('version') === 'true',
    variables: variablesOf(flags, daemon, cwd),
    storageDriver: knownDriver(last('storage-driver') ?? env['GANTRY_STORAGE_DRIVER']),
    maxLayerBytes: maxLayer ? parseSize(maxLayer, 'GANTRY_MAX_LAYER_SIZE') : undefined,
    argv: rest,
  };
}

/** Docker's order: `-H` or `--context`, then DOCKER_HOST, then DOCKER_CONTEXT. */
function destinationOf(flags: GlobalFlags, env: Env): Pick<Settings, 'hosts' | 'context'> {
  const hosts = flags.get('host') ?? [];
  const context = flags.get('context')?.at(-1);
  if (context && hosts.length > 0) {
    throw new GantryError('usage', 'conflicting options: cannot specify both --host and --context');
  }
  if (context) return { hosts: [], context };
  const named = hosts.length > 0 ? hosts : (env['DOCKER_HOST'] ?? '').split(',').filter(Boolean);
  return { hosts: named, context: named.length > 0 ? undefined : env['DOCKER_CONTEXT'] || undefined };
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];

/** @throws GantryError `usage`, in Docker's words */
function isDebugLevel(level = 'info'): boolean {
  if (LOG_LEVELS.includes(level)) return level === 'debug';
  throw new GantryError('usage', `unable to parse logging level: ${level}`, {
    hint: `Known are ${LOG_LEVELS.join(', ')}`,
  });
}

/** Flags with a file or a folder, and the variables that they stand for. */
const PATH_VARIABLES = {
  config: 'DOCKER_CONFIG',
  tlscacert: 'GANTRY_TLS_CA',
  tlscert: 'GANTRY_TLS_CERT',
  tlskey: 'GANTRY_TLS_KEY',
};

function variablesOf(flags: GlobalFlags, daemon: boolean, cwd: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [flag, name] of Object.entries(PATH_VARIABLES)) {
    const path = flags.get(flag)?.at(-1);
    if (path) variables[name] = absolute(path, cwd);
  }
  const isOn = (flag: string): boolean => flags.get(flag)?.at(-1) === 'true';
  if (flags.has('tlsverify')) variables['DOCKER_TLS_VERIFY'] = isOn('tlsverify') ? '1' : '';
  if (flags.has('tls')) variables['DOCKER_TLS'] = isOn('tls') ? '1' : '';
  if (daemon && isOn('tls') && !isOn('tlsverify')) {
    throw new GantryError('usage', '--tls alone would let every client in: a daemon needs --tlsverify');
  }
  return variables;
}

function knownDriver(name: string | undefined): Settings['storageDriver'] {
  if (!name) return undefined;
  if (name === 'overlay' || name === 'vfs') return name;
  if (name === 'overlay2') return 'overlay';
  throw new GantryError('usage', `unknown storage driver: ${name} (there are overlay and vfs)`);
}

const DEFAULT_PLUGIN_DIRS = ['/etc/gantry/plugins', '/usr/local/lib/gantry/plugins'];

function pluginFolders(given: readonly string[], env: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (given.length > 0) return given;
  return env['GANTRY_PLUGINS']?.split(':').filter(Boolean) ?? DEFAULT_PLUGIN_DIRS;
}

function absolute(path: string, cwd: string): string {
  const whole = path.startsWith('/') ? path : `${cwd}/${path}`;
  return whole.replace(/\/+$/, '') || '/';
}
