import type { OciDeviceRule, OciRlimit } from './oci.js';

/** When a container that has ended is started again. */
export interface RestartPolicy {
  readonly name: 'no' | 'on-failure' | 'always' | 'unless-stopped';
  /** Of `on-failure`: the number of restarts; 0: no limit. */
  readonly maximumRetries: number;
}

/** Limits that can change while a container runs. */
export interface LimitSettings {
  /** Bytes; 0: no limit. */
  readonly memory: number;
  /** Memory and swap together, in bytes; 0: twice the memory; -1: no limit. */
  readonly memorySwap: number;
  /** Bytes that the container keeps when the host is short of memory. */
  readonly memoryReservation?: number;
  /** Processors; 0: no limit. */
  readonly cpus: number;
  /** Relative weight; 1024 and 0 are the default. */
  readonly cpuShares: number;
  /** Microseconds of processor time, -1 for no limit, in each period of so many microseconds: `cpus` in other words. */
  readonly cpuQuota?: number;
  readonly cpuPeriod?: number;
  /** The same for real-time programs. */
  readonly cpuRealtimeRuntime?: number;
  readonly cpuRealtimePeriod?: number;
  /** Processors and memory nodes that it may use: `0-3,7`. */
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  /** Processes and threads; 0: no limit. */
  readonly pidsLimit: number;
  /** Relative weight at block devices, 10 to 1000. */
  readonly blkioWeight?: number;
}

/** How a container may use a block device. */
export interface DeviceLimit {
  /** A weight from 10 to 1000; bytes, or operations, in a second. */
  readonly kind: 'weight' | 'read-bps' | 'write-bps' | 'read-iops' | 'write-iops';
  /** On the host. */
  readonly path: string;
  readonly value: number;
}

/** How much of the host's resources a container may use. */
export interface ResourceSettings extends LimitSettings {
  /** 0 to 100; undefined: the host's. */
  readonly memorySwappiness?: number;
  /** Programs wait for memory instead of being killed. */
  readonly oomKillDisable?: boolean;
  readonly deviceLimits?: readonly DeviceLimit[];
  /** Bytes of /dev/shm; 0: 64 MiB. */
  readonly shmSize: number;
  /** -1000 to 1000; undefined: the engine's own, without its protection from the OOM killer. */
  readonly oomScoreAdj?: number;
  readonly rlimits: readonly OciRlimit[];
}

/** A device of the host in a container. */
export interface DeviceRequest {
  /** A node, or a folder of nodes. */
  readonly source: string;
  readonly target: string;
  /** Letters of `rwm`. */
  readonly access: string;
}

export interface TmpfsRequest {
  readonly target: string;
  /** As in mount(8): `size=64m`, `mode=1770`. */
  readonly options: readonly string[];
  /** Asked for by `--mount`. */
  readonly explicit?: boolean;
}

/** How a container is isolated from the host. */
export interface IsolationSettings {
  /** `CAP_CHOWN`, or `ALL`. */
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly devices: readonly DeviceRequest[];
  readonly tmpfs: readonly TmpfsRequest[];
  readonly noNewPrivileges: boolean;
  /** Empty: the host's default profile; `unconfined`; or a profile in Docker's format. */
  readonly seccomp: string;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Nothing of /proc and /sys is hidden or read-only. */
  readonly unconfinedPaths?: boolean;
  /** It may write to its control groups. */
  readonly writableCgroups?: boolean;
  /** Options of `--security-opt` for AppArmor and SELinux, which the host does not have. */
  readonly labels?: readonly string[];
  /** More devices that it may use, whose nodes it has to make. */
  readonly deviceRules?: readonly OciDeviceRule[];
  /** Names or numbers of groups in the container. */
  readonly groupAdd: readonly string[];
  /** `container:ID`: that of another container; `shareable`: others may join it. */
  readonly ipc: 'private' | 'shareable' | 'none' | 'host' | `container:${string}`;
  readonly pid: 'private' | 'host' | `container:${string}`;
  readonly uts: 'private' | 'host';
  /** Undefined: the default of the host's version of control groups. */
  readonly cgroupns?: 'private' | 'host';
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  /** Empty: those name servers of the host that a container can reach. */
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  /** Of resolv.conf(5); undefined: the host's. */
  readonly dnsOptions?: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** How runs of a container begin, end and follow each other. */
export interface LifecycleSettings {
  readonly restart: RestartPolicy;
  /** Restarts it when its health check fails, whatever the restart policy. */
  readonly restartUnhealthy: boolean;
  /** Runs a small init as the first process, which reaps zombies and forwards signals. */
  readonly init: boolean;
  /** Stop timeout in seconds; -1: none; undefined: Docker's 10. */
  readonly stopTimeout?: number;
}

export type HostConfig = ResourceSettings & IsolationSettings & LifecycleSettings;

/** Settings of a container that asks for none, and of one that was created before a setting existed. */
export const DEFAULT_HOST_CONFIG: HostConfig = {
  memory: 0,
  memorySwap: 0,
  cpus: 0,
  cpuShares: 0,
  pidsLimit: 0,
  shmSize: 0,
  rlimits: [],
  capAdd: [],
  capDrop: [],
  devices: [],
  tmpfs: [],
  noNewPrivileges: false,
  seccomp: '',
  sysctls: {},
  groupAdd: [],
  ipc: 'private',
  pid: 'private',
  uts: 'private',
  hosts: [],
  dns: [],
  dnsSearch: [],
  annotations: {},
  restart: { name: 'no', maximumRetries: 0 },
  restartUnhealthy: false,
  init: false,
};

/** In `hosts`, stands for the host's address on the container's network. */
export const HOST_GATEWAY = 'host-gateway';
