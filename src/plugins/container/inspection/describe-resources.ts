import { NIL_LIST } from '../../../kernel/index.js';
import type { ContainerConfig, DeviceLimit } from '../contracts/index.js';
import { shownLimit } from '../host/index.js';
import { formatRule } from '../rerun/index.js';

const NANO = 1e9;

/** The limits of a container, with the names of Docker's API in `HostConfig`. */
export function describeResources(config: ContainerConfig) {
  return {
    BlkioWeight: config.blkioWeight ?? 0,
    BlkioWeightDevice: devices(config, 'weight', 'Weight'),
    BlkioDeviceReadBps: devices(config, 'read-bps', 'Rate'),
    BlkioDeviceWriteBps: devices(config, 'write-bps', 'Rate'),
    BlkioDeviceReadIOps: devices(config, 'read-iops', 'Rate'),
    BlkioDeviceWriteIOps: devices(config, 'write-iops', 'Rate'),
    DeviceCgroupRules: config.deviceRules?.map(formatRule) ?? NIL_LIST,
    DeviceRequests: NIL_LIST,
    Devices: config.devices.map(({ source, target, access }) => ({
      PathOnHost: source,
      PathInContainer: target,
      CgroupPermissions: access,
    })),
    CgroupParent: '',
    CpuPeriod: config.cpuPeriod ?? 0,
    CpuQuota: config.cpuQuota ?? 0,
    CpuRealtimePeriod: config.cpuRealtimePeriod ?? 0,
    CpuRealtimeRuntime: config.cpuRealtimeRuntime ?? 0,
    CpuShares: config.cpuShares,
    CpusetCpus: config.cpusetCpus ?? '',
    CpusetMems: config.cpusetMems ?? '',
    Memory: config.memory,
    MemoryReservation: config.memoryReservation ?? 0,
    MemorySwap: config.memorySwap || 2 * config.memory,
    MemorySwappiness: config.memorySwappiness ?? null,
    NanoCpus: Math.round(config.cpus * NANO),
    OomKillDisable: config.oomKillDisable ?? false,
    OomScoreAdj: config.oomScoreAdj ?? 0,
    PidsLimit: config.pidsLimit || null,
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    Ulimits: config.rlimits
      .map(({ type, soft, hard }) => ({
        Name: type.replace('RLIMIT_', '').toLowerCase(),
        Soft: shownLimit(soft),
        Hard: shownLimit(hard),
      }))
      .sort((one, other) => (one.Name < other.Name ? -1 : 1)),
  };
}

function devices({ deviceLimits = [] }: ContainerConfig, kind: DeviceLimit['kind'], name: string): object[] {
  return deviceLimits.filter((limit) => limit.kind === kind).map(({ path, value }) => ({ Path: path, [name]: value }));
}
