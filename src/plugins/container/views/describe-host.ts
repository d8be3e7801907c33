import { readFileSync } from 'node:fs';
import { availableParallelism, hostname, release, totalmem } from 'node:os';
import { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap, VERSION, withGoNames } from '../../../kernel/index.js';
import type { StorageChoice } from '../../image/index.js';
import type { Config } from '../../system/index.js';
import type { Container, RuntimeDescription } from '../contracts/index.js';

/** What `info` tells of. */
interface EngineFacts {
  readonly config: Config;
  readonly containers: readonly Container[];
  readonly images: number;
  readonly runtime: RuntimeDescription;
  readonly storage: StorageChoice;
  readonly warnings: readonly string[];
}

/** Node's names of processors, in the kernel's words. */
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Engine and host under the names of Docker's API. What there is not, such as a swarm, has its empty values. */
export function describeHost({ config, containers, images, runtime, storage, warnings }: EngineFacts): object {
  const running = containers.filter(({ status }) => status === 'running');
  const paused = running.filter((container) => container.paused).length;
  const described = {
    ID: '',
    Containers: containers.length,
    ContainersRunning: running.length - paused,
    ContainersPaused: paused,
    ContainersStopped: containers.length - running.length,
    Images: images,
    Driver: storage.driver,
    DriverStatus: [],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'null'],
      Authorization: NIL_LIST,
      Log: ['json-file', 'local', 'none'],
    },
    MemoryLimit: true,
    SwapLimit: !runtime.warnings.some((warning) => warning.includes('swap')),
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    Debug: config.debug,
    NFd: 0,
    OomKillDisable: runtime.cgroups !== 'v2',
    NGoroutines: 0,
    SystemTime: new Date().toISOString(),
    LoggingDriver: 'local',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: runtime.cgroups === 'v2' ? '2' : '1',
    NEventsListener: 0,
    KernelVersion: release(),
    OperatingSystem: osRelease('PRETTY_NAME'),
    OSVersion: osRelease('VERSION_ID'),
    OSType: 'linux',
    Architecture: MACHINES[process.arch] ?? process.arch,
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      InsecureRegistryCIDRs: ['127.0.0.0/8'],
      IndexConfigs: NIL_MAP,
      Mirrors: config.registries?.mirrors ?? [],
    },
    NCPU: availableParallelism(),
    MemTotal: totalmem(),
    GenericResources: NIL_LIST,
    DockerRootDir: config.root,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: VERSION,
    Runtimes: new TemplateMap({ [runtime.name]: { path: runtime.name } }, null),
    DefaultRuntime: runtime.name,
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '' },
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: 'tini-static',
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: runtime.version },
    InitCommit: { ID: '' },
    SecurityOptions: ['name=seccomp,profile=builtin'],
    Warnings: warnings,
    ClientInfo: { Debug: false, Context: 'default', Plugins: [], Warnings: NIL_LIST },
    ServerErrors: NIL_LIST,
  };
  const names = { CPUCfsPeriod: 'CpuCfsPeriod', CPUCfsQuota: 'CpuCfsQuota', HTTPProxy: 'HttpProxy' } as const;
  return withGoNames(omitEmpty(described, 'ServerErrors'), names);
}

/** A line of os-release(5); empty where the host has none. */
function osRelease(name: string): string {
  try {
    const line = readFileSync('/etc/os-release', 'utf8').match(new RegExp(`^${name}=(.*)$`, 'm'));
    return (line?.[1] ?? '').replace(/^["']|["']$/g, '');
  } catch {
    return '';
  }
}
