import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ifThere } from '../../../host/index.js';
import { CGROUP_ROOT } from './cgroup-mode.js';

const FILE = 'cpu.rt_runtime_us';

/**
 * Gives the group of all containers the host's time for real-time programs: without it no group below may have any. Does
 * nothing where the kernel has no such time, or other groups of the host have all of it: the start of the container tells.
 */
export function allowRealtime(hierarchy = `${CGROUP_ROOT}/cpu`): void {
  const folder = `${hierarchy}/gantry`;
  const most = ifThere(() => readFileSync(`${hierarchy}/${FILE}`, 'latin1'));
  if (most === undefined) return;
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(`${folder}/${FILE}`, most, { flag: 'r+' });
  } catch {}
}
