import { existsSync, readFileSync } from 'node:fs';
import { ifThere } from '../../../host/index.js';
import type { DeviceLimit, ResourceSettings } from '../contracts/index.js';
import { CGROUP_ROOT, type CgroupMode, detectCgroups } from './cgroup-mode.js';

/** A limit that not every kernel knows. */
interface Support {
  /** Its file in a hierarchy of version 1. */
  readonly file: string;
  /** Its controller in version 2; absent: version 2 does not have it. */
  readonly controller?: string;
  readonly warning: string;
}

type OptionalLimit = Exclude<keyof ResourceSettings, 'memory' | 'memorySwap' | 'cpus' | 'cpuShares' | 'pidsLimit'>;

const MEMORY = 'capabilities or the cgroup is not mounted.';
const CFS = 'Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.';
const REALTIME = 'Your kernel does not support CPU real-time scheduler. CPU real-time period/runtime discarded.';
const CPUSET = 'Your kernel does not support cpuset or the cgroup is not mounted. CPUset discarded.';
const IO = 'or the cgroup is not mounted.';

const LIMITS: Readonly<Partial<Record<OptionalLimit, Support>>> = {
  memoryReservation: {
    file: 'memory/memory.soft_limit_in_bytes',
    controller: 'memory',
    warning: `Your kernel does not support memory soft limit ${MEMORY} Limitation discarded.`,
  },
  memorySwappiness: {
    file: 'memory/memory.swappiness',
    warning: `Your kernel does not support memory swappiness ${MEMORY} Memory swappiness discarded.`,
  },
  oomKillDisable: {
    file: 'memory/memory.oom_control',
    warning: 'Your kernel does not support OomKillDisable. OomKillDisable discarded.',
  },
  cpuPeriod: { file: 'cpu/cpu.cfs_period_us', controller: 'cpu', warning: CFS },
  cpuQuota: { file: 'cpu/cpu.cfs_quota_us', controller: 'cpu', warning: CFS },
  cpuRealtimePeriod: { file: 'cpu/cpu.rt_period_us', warning: REALTIME },
  cpuRealtimeRuntime: { file: 'cpu/cpu.rt_runtime_us', warning: REALTIME },
  cpusetCpus: { file: 'cpuset/cpuset.cpus', controller: 'cpuset', warning: CPUSET },
  cpusetMems: { file: 'cpuset/cpuset.mems', controller: 'cpuset', warning: CPUSET },
  blkioWeight: {
    file: 'blkio/blkio.weight',
    controller: 'io',
    warning: `Your kernel does not support Block I/O weight ${IO} Weight discarded.`,
  },
};

const DEVICE_LIMITS: Readonly<Record<DeviceLimit['kind'], Support>> = {
  weight: {
    file: 'blkio/blkio.weight_device',
    controller: 'io',
    warning: `Your kernel does not support Block I/O weight_device ${IO} Weight-device discarded.`,
  },
  'read-bps': throttle('read_bps', 'BPS Block I/O read limit', 'Block I/O BPS read limit'),
  'write-bps': throttle('write_bps', 'BPS Block I/O write limit', 'Block I/O BPS write limit'),
  'read-iops': throttle('read_iops', 'IOPS Block read limit', 'Block I/O IOPS read limit'),
  'write-iops': throttle('write_iops', 'IOPS Block write limit', 'Block I/O IOPS write limit'),
};

function throttle(name: string, what: string, discarded: string): Support {
  const warning = `Your kernel does not support ${what} ${IO} ${discarded} discarded.`;
  return { file: `blkio/blkio.throttle.${name}_device`, controller: 'io', warning };
}

/**
 * Removes the limits that this kernel does not have.
 * @returns what is left of the settings, and a warning in Docker's words for each that is not
 */
export function discardUnsupported<T extends Partial<ResourceSettings>>(
  settings: T,
  { mode, root = CGROUP_ROOT }: { readonly mode: CgroupMode; readonly root?: string } = detectCgroups(),
): { readonly kept: T; readonly warnings: readonly string[] } {
  const warnings = new Set<string>();
  const isSupported = ({ file, controller, warning }: Support): boolean => {
    const has = mode === 'v2' ? hasController(root, controller) : existsSync(`${root}/${file}`);
    if (!has) warnings.add(warning);
    return has;
  };
  const kept = { ...settings };
  for (const [name, support] of Object.entries(LIMITS) as [OptionalLimit, Support][]) {
    if (settings[name] !== undefined && !isSupported(support)) delete kept[name];
  }
  const devices = settings.deviceLimits?.filter(({ kind }) => isSupported(DEVICE_LIMITS[kind]));
  return { kept: devices ? { ...kept, deviceLimits: devices } : kept, warnings: [...warnings] };
}

function hasController(root: string, controller: string | undefined): boolean {
  const names = ifThere(() => readFileSync(`${root}/cgroup.controllers`, 'latin1')) ?? '';
  return controller !== undefined && names.split(/\s/).includes(controller);
}
