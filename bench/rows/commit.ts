import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { outputOf, secondsOf, settle } from '../measure.js';
import type { Peer } from '../peers/peer.js';
import { engines, type Row } from './row.js';

const CHANGES = 'mkdir /many; i=0; while [ $i -lt 5000 ]; do echo $i > /many/$i; i=$((i+1)); done';
const tree = (parts: number): string =>
  `p=0; while [ $p -lt ${parts} ]; do mkdir -p /t/$p; f=0; while [ $f -lt 100 ]; do echo $f > /t/$p/$f; f=$((f+1)); done; p=$((p+1)); done`;

export function commit(): Row {
  return {
    ...{
      id: 'commit',
      title: 'commit of a container with 5,000 changed files',
      unit: 's',
      peers: engines,
      runs: [2, 1],
    },
    goals: [{ subject: 'gantry', of: 'docker', most: 0.5 }],
    measure(peer) {
      const name = made(peer, `${CHANGES}; echo ${randomUUID()} > /unlike`);
      settle();
      return secondsOf(peer, ['commit', name, `committed-${randomUUID()}`]);
    },
  };
}

export function exportTree(scratch: string, quick: boolean): Row {
  const parts = quick ? 50 : 210;
  return {
    ...{
      id: 'export',
      title: `export of a container with ${parts * 100} files`,
      unit: 's',
      peers: engines,
      runs: [2, 1],
    },
    goals: [{ subject: 'gantry', of: 'docker', most: 0.5 }],
    measure(peer) {
      const name = made(peer, tree(parts));
      const file = join(scratch, `${peer.name}-export.tar`);
      settle();
      const seconds = secondsOf(peer, ['export', '-o', file, name]);
      spawnSync('rm', [file]);
      return seconds;
    },
  };
}

/** The name of a container in which a script has run to its end. */
function made(peer: Peer, script: string): string {
  const name = `bench-${randomUUID()}`;
  outputOf(peer, ['run', '--name', name, 'busybox', 'sh', '-c', script]);
  return name;
}
