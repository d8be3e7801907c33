import { GantryError } from '../kernel/contracts/index.js';
import { COMPLETE } from '../kernel/parsing/index.js';
import { parseSize } from '../kernel/text/index.js';

/** Settings from flags before the command, and from the environment. */
export interface Settings {
  readonly root: string;
  readonly runDir: string;
  /** Addresses given by `-H` or DOCKER_HOST; empty: none was. */
  readonly hosts: readonly string[];
  readonly pluginDirs: readonly string[];
  readonly daemon: boolean;
  readonly debug: boolean;
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
  const hosts: string[] = [];
  const pluginDirs: string[] = [];
  let root = env['GANTRY_ROOT'] || DEFAULT_ROOT;
  let daemon = false;
  let debug = false;
  let storageDriver = env['GANTRY_STORAGE_DRIVER'];
  const maxLayer = env['GANTRY_MAX_LAYER_SIZE'];
  let index = 0;
  const command: string[] = [];
  for (; index < args.length; index++) {
    const { flag, value } = split(args[index] ?? '');
    const take = (): string => value ?? needed(args[++index], flag);
    if (flag === '--root') root = take() || DEFAULT_ROOT;
    else if (flag === '-H' || flag === '--host') hosts.push(take());
    else if (flag === '--plugins-dir') pluginDirs.push(take());
    else if (flag === '--storage-driver') storageDriver = take();
    else if (flag === '-d' || flag === '--daemon') daemon = value !== 'false';
    else if (flag === '-D' || flag === '--debug') debug = value !== 'false';
    else if (flag === '-v' || flag === '--version') command.push('version', '--quiet');
    else break;
    if (command.length > 0) break;
  }
  const argv = command.length > 0 ? command : args.slice(index);
  if (daemon && argv.length > 0) {
    throw new GantryError('usage', `docker: -d starts the daemon, and takes no command: ${argv.join(' ')}`);
  }
  root = absolute(root, cwd);
  return {
    root,
    runDir: root === DEFAULT_ROOT ? DEFAULT_RUN_DIR : `${root}/run`,
    hosts: hosts.length > 0 ? hosts : (env['DOCKER_HOST'] ?? '').split(',').filter(Boolean),
    pluginDirs: pluginFolders(pluginDirs, env).map((folder) => absolute(folder, cwd)),
    daemon,
    debug,
    storageDriver: knownDriver(storageDriver),
    maxLayerBytes: maxLayer ? parseSize(maxLayer, 'GANTRY_MAX_LAYER_SIZE') : undefined,
    argv,
  };
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

/** `--root=x`, `-Hx` and `-H=x` carry their value. */
function split(word: string): { flag: string; value?: string } {
  if (/^-H./.test(word)) return { flag: '-H', value: word.slice(2).replace(/^=/, '') };
  const [, flag, value] = /^(--?[a-zA-Z-]+)=(.*)$/s.exec(word) ?? [];
  return flag === undefined ? { flag: word } : { flag, value: value ?? '' };
}

function needed(value: string | undefined, flag: string): string {
  if (value === undefined) throw new GantryError('usage', `flag needs an argument: ${flag}`);
  return value;
}

function absolute(path: string, cwd: string): string {
  const whole = path.startsWith('/') ? path : `${cwd}/${path}`;
  return whole.replace(/\/+$/, '') || '/';
}
