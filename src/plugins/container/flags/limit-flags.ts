import { Option } from '../../../kernel/index.js';

/** Flags of `run`, `create` and `update`: limits that can change while a container runs. Undefined: not given; so are empty sets of processors. */
export abstract class LimitFlags {
  @Option('-m, --memory', 'Memory limit', { type: 'string', value: 'bytes' })
  memory: string | undefined = undefined;

  @Option('--memory-swap', "Swap limit equal to memory plus swap: '-1' to enable unlimited swap", {
    type: 'string',
    value: 'bytes',
  })
  memorySwap: string | undefined = undefined;

  @Option('--memory-reservation', 'Memory soft limit', { type: 'string', value: 'bytes' })
  memoryReservation: string | undefined = undefined;

  @Option('--kernel-memory', 'Kernel memory limit: the kernel has it no more, and it is discarded', {
    type: 'string',
    value: 'bytes',
    hidden: true,
  })
  kernelMemory = '';

  @Option('--cpus', 'Number of CPUs', { type: 'string', value: 'decimal' })
  cpus: string | undefined = undefined;

  @Option('-c, --cpu-shares', 'CPU shares (relative weight)', { type: 'integer', value: 'int' })
  cpuShares: number | undefined = undefined;

  @Option('--cpu-period', 'Limit CPU CFS (Completely Fair Scheduler) period', { type: 'integer', value: 'int' })
  cpuPeriod = 0;

  @Option('--cpu-quota', 'Limit CPU CFS (Completely Fair Scheduler) quota', { type: 'integer', value: 'int' })
  cpuQuota = 0;

  @Option('--cpu-rt-period', 'Limit CPU real-time period in microseconds', { type: 'integer', value: 'int' })
  cpuRtPeriod = 0;

  @Option('--cpu-rt-runtime', 'Limit CPU real-time runtime in microseconds', { type: 'integer', value: 'int' })
  cpuRtRuntime = 0;

  @Option('--cpuset-cpus', 'CPUs in which to allow execution (0-3, 0,1)', { type: 'string' })
  cpusetCpus = '';

  @Option('--cpuset-mems', 'MEMs in which to allow execution (0-3, 0,1)', { type: 'string' })
  cpusetMems = '';

  @Option('--pids-limit', 'Tune container pids limit (set -1 for unlimited)', { type: 'integer', value: 'int' })
  pidsLimit: number | undefined = undefined;

  @Option('--blkio-weight', 'Block IO (relative weight), between 10 and 1000, or 0 to disable', {
    type: 'integer',
    value: 'uint16',
    shownDefault: '0',
  })
  blkioWeight = 0;
}
