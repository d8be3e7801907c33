import type { CgroupMode } from './oci-cgroups.js';
import type { OciMount } from './oci-types.js';

/** A file or folder of the host in a container. */
export interface SpecMount {
  /** Absolute, on the host; exists. */
  readonly source: string;
  /** Absolute and clean, in the container. */
  readonly destination: string;
  readonly readOnly: boolean;
}

const CGROUP: OciMount = {
  destination: '/sys/fs/cgroup',
  type: 'cgroup',
  source: 'cgroup',
  options: ['ro', 'nosuid', 'noexec', 'nodev'],
};

/** Docker's. `/dev` is always a tmpfs of its own: what an image has there is never looked at. */
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

/**
 * All mounts of a container, in the order in which they are made: a folder before what lies in it.
 * @param writable whether it may write to /sys and to the control groups
 */
export function mountsFor(
  own: readonly SpecMount[],
  cgroups: CgroupMode,
  { writable = false } = {},
): readonly OciMount[] {
  const taken = new Set(own.map(({ destination }) => destination));
  const replacesDev = taken.has('/dev');
  const defaults = [...DEFAULT_MOUNTS, ...(cgroups === 'none' ? [] : [CGROUP])].filter(
    ({ destination }) => !taken.has(destination) && !(replacesDev && destination.startsWith('/dev/')),
  );
  return [
    ...(writable ? defaults.map(forWriting) : defaults),
    ...[...own].sort((one, other) => depth(one) - depth(other)).map(bind),
  ];
}

function forWriting(mount: OciMount): OciMount {
  return { ...mount, options: mount.options.filter((option) => option !== 'ro') };
}

function bind({ source, destination, readOnly }: SpecMount): OciMount {
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate', readOnly ? 'ro' : 'rw'] };
}

function depth({ destination }: SpecMount): number {
  return destination.split('/').length;
}
