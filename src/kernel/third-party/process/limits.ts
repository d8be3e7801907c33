import { SHORT_LIVED_NODE } from '../../../host/index.js';

/** Of V8's heap. Enough for a plugin, and a bound for one with a leak. */
export const HEAP_MB = 128;
/** All that it may allocate, buffers included; V8 alone reserves half of it. In KiB. */
const DATA_KIB = 1_000_000;
export const BEAT_MS = 1000;
/** How long it may leave its event loop blocked; or, without using the processor, which a busy host may be to blame for. */
export const BLOCKED_MS = 2000;
export const STALLED_MS = 15_000;
/** So many beats of a whole processor in a row end it. */
export const BUSY_BEATS = 30;
export const BUSY_SHARE = 0.95;
export const FLOOD_BYTES_PER_BEAT = 8 << 20;

const NODE = [
  '--',
  '/proc/self/fd/4',
  `--max-old-space-size=${HEAP_MB}`,
  '--v8-pool-size=0',
  ...SHORT_LIVED_NODE,
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
  '--inspect-port=127.0.0.1:0',
  '--input-type=module',
  '-',
];
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', NODE_ENV: 'production' };

/** When the engine dies, the kernel ends it, also in the middle of a loop. */
function identity(privileged: boolean): string[] {
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', '--bounding-set=-all'];
  return [...(privileged || process.getuid?.() !== 0 ? [] : nobody), '--pdeathsig=KILL'];
}

/**
 * The arguments of a shell that bounds its memory, gives up its rights, and becomes Node, which reads its program from standard
 * input. Descriptor 4 is Node's own file.
 */
export function limitedNode(privileged: boolean): string[] {
  return ['-c', 'ulimit -c 0; ulimit -d "$0"; exec setpriv "$@"', String(DATA_KIB), ...identity(privileged), ...NODE];
}
