import type { OciRlimit } from './oci.js';

/** Whether a container that has ended starts again by itself. */
export interface RestartPolicy {
  readonly name: 'no' | 'on-failure' | 'always' | 'unless-stopped';
  /** Of `on-failure`: how many times; 0: without end. */
  readonly maximumRetries: number;
}

/** How much of the host a container may take. */
export interface ResourceSettings {
  /** Bytes; 0: no limit. */
  readonly memory: number;
  /** Memory and swap together, in bytes; 0: twice the memory; -1: no limit. */
  readonly memorySwap: number;
  /** Processors; 0: no limit. */
  readonly cpus: number;
  /** Weight against others, 1024 being the usual; 0: the usual. */
  readonly cpuShares: number;
  /** Processes and threads; 0: no limit. */
  readonly pidsLimit: number;
  /** Bytes of /dev/shm; 0: 64 MiB. */
  readonly shmSize: number;
  /** -1000 to 1000; undefined: the engine's, without its protection. */
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
}

/** What keeps a container and the host apart. */
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
  /** Names or numbers of groups in the container. */
  readonly groupAdd: readonly string[];
  readonly ipc: 'private' | 'none' | 'host';
  readonly pid: 'private' | 'host';
  readonly uts: 'private' | 'host';
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  /** Empty: the host's name servers that a container can reach. */
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** How a container's runs begin, end and follow each other. */
export interface LifecycleSettings {
  readonly restart: RestartPolicy;
  /** Starts it again when its health check says that it is unhealthy, whatever the policy. */
  readonly restartUnhealthy: boolean;
  /** A small init as the first process, which reaps orphans and passes signals on. */
  readonly init: boolean;
  /** Seconds of grace when it is stopped; -1: without end; undefined: Docker's 10. */
  readonly stopTimeout?: number;
}

export type HostConfig = ResourceSettings & IsolationSettings & LifecycleSettings;

/** Of a container that asks for nothing; of one that was made before there was something to ask for, too. */
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
