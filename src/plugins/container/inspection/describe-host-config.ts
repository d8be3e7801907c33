import { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap, withGoNames } from '../../../kernel/index.js';
import { cgroupNamespace } from '../cgroups/index.js';
import { type ContainerConfig, DEFAULT_LOG, type LogConfig } from '../contracts/index.js';
import { maskedPaths, READONLY_PATHS } from '../oci/index.js';
import { describeBinds, describeExplicitMounts } from './describe-mounts.js';
import { describeRequestedPorts } from './describe-network-settings.js';
import { describeResources } from './describe-resources.js';

const DEFAULT_SHM_BYTES = 64 << 20;

/** `HostConfig` of Docker's API. Lists that nobody has asked for are not there, or empty, as Docker's client makes them. */
export function describeHostConfig(config: ContainerConfig): object {
  const { privileged = false, unconfinedPaths = false } = config;
  const showsAll = privileged || unconfinedPaths;
  const described = {
    Binds: orNil(describeBinds(config)),
    ContainerIDFile: '',
    LogConfig: describeLog(config),
    NetworkMode: config.network,
    PortBindings: describeRequestedPorts(config.ports),
    RestartPolicy: { Name: config.restart.name, MaximumRetryCount: config.restart.maximumRetries },
    AutoRemove: config.autoRemove,
    VolumeDriver: '',
    VolumesFrom: orNil(config.volumesFrom ?? []),
    ConsoleSize: [0, 0],
    Annotations: mapOrNil(config.annotations),
    CapAdd: orNil(config.capAdd),
    CapDrop: orNil(config.capDrop),
    CgroupnsMode: cgroupNamespace(config),
    Dns: config.dns,
    DnsOptions: config.dnsOptions ?? [],
    DnsSearch: config.dnsSearch,
    ExtraHosts: orNil(config.hosts.map(({ name, address }) => `${name}:${address}`)),
    GroupAdd: orNil(config.groupAdd),
    IpcMode: config.ipc,
    Cgroup: '',
    Links: orNil((config.networkWishes?.links ?? []).map(({ container, alias }) => `${container}:${alias}`)),
    PidMode: config.pid === 'private' ? '' : config.pid,
    Privileged: privileged,
    PublishAllPorts: false,
    ReadonlyRootfs: config.readOnlyRoot,
    SecurityOpt: orNil(securityOptions(config)),
    StorageOpt: NIL_MAP,
    Tmpfs: mapOrNil(
      Object.fromEntries(
        config.tmpfs.filter(({ explicit }) => !explicit).map(({ target, options }) => [target, options.join(',')]),
      ),
    ),
    UTSMode: config.uts === 'host' ? 'host' : '',
    UsernsMode: '',
    ShmSize: config.shmSize || DEFAULT_SHM_BYTES,
    Sysctls: mapOrNil(config.sysctls),
    Runtime: config.runtime ?? 'runc',
    Isolation: '',
    ...describeResources(config),
    Mounts: describeExplicitMounts(config),
    MaskedPaths: showsAll ? NIL_LIST : maskedPaths(),
    ReadonlyPaths: showsAll ? NIL_LIST : READONLY_PATHS,
    Init: config.init || null,
    RestartUnhealthy: config.restartUnhealthy,
  };
  const omitted = ['Annotations', 'StorageOpt', 'Tmpfs', 'Sysctls', 'Mounts', 'Init'] as const;
  return withGoNames(omitEmpty(described, ...omitted), {
    ...{ DNS: 'Dns', DNSOptions: 'DnsOptions', DNSSearch: 'DnsSearch' },
    ...{ NanoCPUs: 'NanoCpus', CPUShares: 'CpuShares', CPUPeriod: 'CpuPeriod', CPUQuota: 'CpuQuota' },
    ...{ CPURealtimePeriod: 'CpuRealtimePeriod', CPURealtimeRuntime: 'CpuRealtimeRuntime' },
  });
}

function orNil<T>(list: readonly T[]): readonly T[] {
  return list.length > 0 ? list : NIL_LIST;
}

function mapOrNil(entries: Readonly<Record<string, string>>): TemplateMap {
  return Object.keys(entries).length > 0 ? new TemplateMap(entries) : NIL_MAP;
}

function describeLog({ log }: ContainerConfig): object {
  const { driver, maxSize, maxFiles, options }: LogConfig = log ?? DEFAULT_LOG_CONFIG;
  const given = {
    ...(maxSize !== DEFAULT_LOG.maxSize && { 'max-size': String(maxSize) }),
    ...(maxFiles !== DEFAULT_LOG.maxFiles && { 'max-file': String(maxFiles) }),
  };
  // As they were given, where they were.
  return { Type: driver, Config: new TemplateMap({ ...given, ...options }) };
}

const DEFAULT_LOG_CONFIG = { ...DEFAULT_LOG, driver: 'local' } as const;

function securityOptions({ noNewPrivileges, seccomp, writableCgroups, labels = [] }: ContainerConfig): string[] {
  return [
    ...(noNewPrivileges ? ['no-new-privileges'] : []),
    ...(seccomp ? [`seccomp=${seccomp}`] : []),
    ...(writableCgroups ? ['writable-cgroups=true'] : []),
    ...labels,
  ];
}
