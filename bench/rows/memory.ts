import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf } from '../measure.js';
import { processesOfTheHost, pssOf } from '../processes.js';
import { engines, type Row } from './row.js';

const containers = 5;

/** What a running container costs in processes of the host's: monitors, shims; neither its own processes nor a daemon. */
export const memory: Row = {
  id: 'memory',
  title: `memory of an idle container beyond its own process (PSS, mean of ${containers})`,
  unit: 'MB',
  peers: engines,
  runs: [1, 1],
  goals: [{ subject: 'gantry', most: 1.5 }],
  async measure(peer) {
    const before = processesOfTheHost();
    const names = Array.from({ length: containers }, (_, n) => `idle${n}`);
    for (const name of names) outputOf(peer, ['run', '-d', '--name', name, 'busybox', 'sleep', '1000']);
    await sleep(1000);
    const added = [...processesOfTheHost()].filter((pid) => !before.has(pid));
    const bytes = added.reduce((sum, pid) => sum + pssOf(pid), 0);
    outputOf(peer, ['rm', '-f', ...names]);
    return bytes / containers / 1e6;
  },
};
