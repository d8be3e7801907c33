import type { ContainerConfig } from '../contracts/index.js';
import { shownLimit } from '../host/index.js';
import { flagIf, number, repeated, text } from './flag-words.js';

/** The limits of a container as flags of `docker run`. */
export function resourceWords(config: ContainerConfig): string[] {
  return [
    ...number('--memory', config.memory),
    ...number('--memory-swap', config.memorySwap),
    ...number('--memory-reservation', config.memoryReservation ?? 0),
    ...(config.memorySwappiness === undefined ? [] : ['--memory-swappiness', String(config.memorySwappiness)]),
    ...flagIf(config.oomKillDisable ?? false, '--oom-kill-disable'),
    ...number('--cpus', config.cpus),
    ...number('--cpu-shares', config.cpuShares),
    ...number('--cpu-period', config.cpuPeriod ?? 0),
    ...number('--cpu-quota', config.cpuQuota ?? 0),
    ...number('--cpu-rt-period', config.cpuRealtimePeriod ?? 0),
    ...number('--cpu-rt-runtime', config.cpuRealtimeRuntime ?? 0),
    ...text('--cpuset-cpus', config.cpusetCpus),
    ...text('--cpuset-mems', config.cpusetMems),
    ...number('--blkio-weight', config.blkioWeight ?? 0),
    ...(config.deviceLimits ?? []).flatMap(({ kind, path, value }) => [
      kind === 'weight' ? '--blkio-weight-device' : `--device-${kind}`,
      `${path}:${value}`,
    ]),
    ...number('--pids-limit', config.pidsLimit),
    ...number('--shm-size', config.shmSize),
    ...number('--oom-score-adj', config.oomScoreAdj ?? 0),
    ...repeated(
      '--ulimit',
      config.rlimits.map(({ type, soft, hard }) => {
        return `${type.replace('RLIMIT_', '').toLowerCase()}=${shownLimit(soft)}:${shownLimit(hard)}`;
      }),
    ),
  ];
}
