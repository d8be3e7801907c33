import { Option } from '../../../kernel/index.js';

/** Flags of `run` and `create`: limits of the host's resources. */
export abstract class ResourceFlags {
  @Option('-m, --memory', 'Memory limit', { type: 'string', value: 'bytes' })
  memory: string | undefined = undefined;

  @Option('--memory-swap', "Swap limit equal to memory plus swap: '-1' to enable unlimited swap", {
    type: 'string',
    value: 'bytes',
  })
  memorySwap: string | undefined = undefined;

  @Option('--cpus', 'Number of CPUs', { type: 'string', value: 'decimal' })
  cpus: string | undefined = undefined;

  @Option('-c, --cpu-shares', 'CPU shares (relative weight)', { type: 'integer', value: 'int' })
  cpuShares = 0;

  @Option('--pids-limit', 'Tune container pids limit (set -1 for unlimited)', { type: 'integer', value: 'int' })
  pidsLimit = 0;

  @Option('--shm-size', 'Size of /dev/shm', { type: 'string', value: 'bytes' })
  shmSize: string | undefined = undefined;

  @Option('--oom-score-adj', "Tune host's OOM preferences (-1000 to 1000)", { type: 'integer', value: 'int' })
  oomScoreAdj: number | undefined = undefined;

  @Option('--ulimit', 'Ulimit options', { type: 'list', value: 'ulimit' })
  ulimit: string[] = [];
}
