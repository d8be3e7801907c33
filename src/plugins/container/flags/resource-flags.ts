import { Option } from '../../../kernel/index.js';
import { LimitFlags } from './limit-flags.js';

/** Flags of `run` and `create`: limits of the host's resources. */
export abstract class ResourceFlags extends LimitFlags {
  @Option('--memory-swappiness', 'Tune container memory swappiness (0 to 100)', {
    type: 'integer',
    value: 'int',
    shownDefault: '-1',
  })
  memorySwappiness = -1;

  @Option('--oom-kill-disable', 'Disable OOM Killer')
  oomKillDisable = false;

  @Option('--shm-size', 'Size of /dev/shm', { type: 'string', value: 'bytes' })
  shmSize: string | undefined = undefined;

  @Option('--oom-score-adj', "Tune host's OOM preferences (-1000 to 1000)", { type: 'integer', value: 'int' })
  oomScoreAdj: number | undefined = undefined;

  @Option('--ulimit', 'Ulimit options', { type: 'list', value: 'ulimit' })
  ulimit: string[] = [];

  @Option('--blkio-weight-device', 'Block IO weight (relative device weight)', { type: 'list' })
  blkioWeightDevice: string[] = [];

  @Option('--device-read-bps', 'Limit read rate (bytes per second) from a device', { type: 'list' })
  deviceReadBps: string[] = [];

  @Option('--device-write-bps', 'Limit write rate (bytes per second) to a device', { type: 'list' })
  deviceWriteBps: string[] = [];

  @Option('--device-read-iops', 'Limit read rate (IO per second) from a device', { type: 'list' })
  deviceReadIops: string[] = [];

  @Option('--device-write-iops', 'Limit write rate (IO per second) to a device', { type: 'list' })
  deviceWriteIops: string[] = [];

  @Option('--cgroup-parent', 'Optional parent cgroup for the container', { type: 'string' })
  cgroupParent = '';
}
