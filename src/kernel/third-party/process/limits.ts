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
  '/proc/self/fd/4',
  `--max-old-space-size=${HEAP_MB}`,
  '--v8-pool-size=0',
  ...SHORT_LIVED_NODE,
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
  '--inspect-port=127.0.0.1:0',
  '--inspect-publish-uid=http',
  '--input-type=module',
  '-',
];
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', NODE_ENV: 'production' };

/** Processes and threads. Node has a dozen. */
const MOST_TASKS = 64;
const TMP_SIZE = '16m';
/** Each plugin's process is a user of its own, whom nothing else on the host belongs to: this number and its pid. */
const FIRST_USER = 0x70000000;

const LIMITS = `ulimit -c 0; ulimit -d ${DATA_KIB}`;
/** When the engine dies, the kernel ends it, also in the middle of a loop. */
const ENDS_WITH_ENGINE = 'setpriv --pdeathsig=KILL';

/** Run with all rights and the limits of a plugin. */
const AS_THIS_USER = `${LIMITS}; exec ${ENDS_WITH_ENGINE} -- "$@"`;

/**
 * Run by the first process of new namespaces: it waits for the plugin's, and when it ends, the kernel ends all that is in them.
 * There is no process of the host's to be seen, and what is written to /tmp goes with them.
 */
const INSIDE = [
  'set -e',
  'mount -t proc -o nosuid,nodev,noexec proc /proc',
  `for at in /tmp /var/tmp /dev/shm; do [ ! -d $at ] || mount -t tmpfs -o nosuid,nodev,size=${TMP_SIZE},mode=1777 tmpfs $at; done`,
  LIMITS,
  // The one is what dash calls it, the other bash.
  `ulimit -p ${MOST_TASKS} 2>/dev/null || ulimit -u ${MOST_TASKS}`,
  'set +e',
  'setpriv --reuid="$0" --regid="$0" --clear-groups --no-new-privs --bounding-set=-all -- "$@"',
  'exit $?',
].join('\n');

const OUTSIDE = `exec ${ENDS_WITH_ENGINE} -- unshare --mount --pid --ipc --fork --kill-child -- \\
  /bin/sh -c '${INSIDE}' $((${FIRST_USER} + $$)) "$@"`;

/** Whether a plugin's process is in namespaces of its own: then it is a grandchild, of the first process in them. */
export function isJailed(privileged: boolean): boolean {
  return !privileged && process.getuid?.() === 0;
}

/**
 * The arguments of a shell that bounds its memory, gives up its rights, and becomes Node, which reads its program from standard
 * input. Descriptor 4 is Node's own file.
 */
export function limitedNode(privileged: boolean): string[] {
  return ['-c', isJailed(privileged) ? OUTSIDE : AS_THIS_USER, 'sh', ...NODE];
}
