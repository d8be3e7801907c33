import { statSync } from 'node:fs';
import { release } from 'node:os';
import type { CgroupMode } from '../cgroups/index.js';
import type { MountRequest, OciMount, Propagation, TmpfsRequest } from '../contracts/index.js';
import type { RuntimeName } from './advisories.js';

/** A file or folder of the host in a container. */
export interface SpecMount {
  /** Absolute, on the host; exists. */
  readonly source: string;
  /** Absolute and clean, in the container. */
  readonly destination: string;
  readonly readOnly: boolean;
  /** Absent: `rprivate`. */
  readonly propagation?: Propagation;
  /** Absent: `enabled`. */
  readonly recursion?: MountRequest['recursion'];
}

interface MountsInput {
  readonly mounts: readonly SpecMount[];
  /** Beyond binds: a tmpfs, or one that replaces a default. */
  readonly otherMounts?: readonly OciMount[];
  readonly cgroups: CgroupMode;
  readonly runtime: RuntimeName;
}

const CGROUP: OciMount = {
  destination: '/sys/fs/cgroup',
  type: 'cgroup',
  source: 'cgroup',
  options: ['ro', 'nosuid', 'noexec', 'nodev'],
};

/**
 * Makes the tmpfs that the hierarchies of version 1 are on read-only, and nothing that is mounted on it: crun leaves it
 * writable. Without a source it is no new mount, neither of crun 1.8 nor of later ones.
 */
const CGROUP_TMPFS: OciMount = {
  destination: '/sys/fs/cgroup',
  type: 'bind',
  options: ['bind', 'remount', 'ro', 'nosuid', 'noexec', 'nodev'],
};

/** Docker's. `/dev` is always a tmpfs of its own: the image's own /dev is never visible. */
const DEFAULT_MOUNTS: readonly OciMount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
];

/** Mounts for the host's IPC namespace; a message queue file system belongs to that namespace by itself. */
export const HOST_IPC_MOUNTS: readonly SpecMount[] = [{ source: '/dev/shm', destination: '/dev/shm', readOnly: false }];

const TMPFS_DEFAULTS: readonly string[] = ['nosuid', 'nodev', 'noexec'];

/** With Docker's defaults: `noexec`, unless `exec` is given. */
export function tmpfsMount({ target, options }: TmpfsRequest): OciMount {
  const defaults = TMPFS_DEFAULTS.filter((option) => !options.includes(option.replace(/^no/, '')));
  return { destination: target, type: 'tmpfs', source: 'tmpfs', options: [...new Set([...defaults, ...options])] };
}

/** Mounts a /dev/shm of another size, or one that nothing fits in. */
export function sharedMemoryMount({ shmSize, ipc }: { readonly shmSize: number; readonly ipc: string }): OciMount[] {
  if (ipc === 'host' || ipc.startsWith('container:') || (ipc !== 'none' && shmSize === 0)) return [];
  const size = ipc === 'none' ? ['size=4k', 'ro'] : [`size=${shmSize}`];
  const options = ['nosuid', 'noexec', 'nodev', 'mode=1777', ...size];
  return [{ destination: '/dev/shm', type: 'tmpfs', source: 'shm', options }];
}

/**
 * All mounts of a container, in the order in which they are made: a folder before its contents.
 * @param options.writable whether it may write to /sys
 * @param options.writableCgroups whether it may write to its control groups
 */
export function mountsFor(
  { mounts, otherMounts = [], cgroups, runtime }: MountsInput,
  {
    writable = false,
    writableCgroups = writable,
  }: { readonly writable?: boolean; readonly writableCgroups?: boolean } = {},
): readonly OciMount[] {
  const own = [...mounts.map(bind), ...otherMounts];
  const taken = new Set(own.map(({ destination }) => destination));
  const replacesDev = taken.has('/dev');
  const defaults = [...DEFAULT_MOUNTS, ...(cgroups === 'none' ? [] : [CGROUP])].filter(
    ({ destination }) => !taken.has(destination) && !(replacesDev && destination.startsWith('/dev/')),
  );
  const leavesTmpfs = runtime === 'crun' && cgroups !== 'v2' && defaults.includes(CGROUP);
  return [
    ...defaults.map((mount) => ((mount === CGROUP ? writableCgroups : writable) ? withoutReadOnly(mount) : mount)),
    ...(leavesTmpfs && !writableCgroups ? [CGROUP_TMPFS] : []),
    ...own.sort((one, other) => depth(one) - depth(other)),
  ];
}

function withoutReadOnly(mount: OciMount): OciMount {
  return { ...mount, options: mount.options.filter((option) => option !== 'ro') };
}

function bind({ source, destination, readOnly, propagation = 'rprivate', recursion = 'enabled' }: SpecMount): OciMount {
  const isDeep = recursion === 'readonly' || (recursion === 'enabled' && canBeReadOnlyBelow());
  // crun takes it for folders alone.
  const hasBelow = readOnly && isDeep && statSync(source, { throwIfNoEntry: false })?.isDirectory();
  const access = readOnly ? (hasBelow ? 'rro' : 'ro') : 'rw';
  const isAlone = recursion === 'disabled';
  // crun takes a recursive propagation for a recursive bind.
  const spread = isAlone ? propagation.replace(/^r/, '') : propagation;
  return { destination, type: 'bind', source, options: [isAlone ? 'bind' : 'rbind', spread, access] };
}

/** Whether the kernel can make a mount read-only with all below it: it has mount_setattr(2). */
function canBeReadOnlyBelow(): boolean {
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return major > 5 || (major === 5 && minor >= 12);
}

/** How mounts of the host reach the container's: a bind that is a slave gets them only where its root is one. */
export function rootPropagation(binds: readonly SpecMount[]): 'rslave' | undefined {
  return binds.some(({ propagation }) => propagation?.includes('slave')) ? 'rslave' : undefined;
}

function depth({ destination }: OciMount): number {
  return destination.split('/').length;
}
