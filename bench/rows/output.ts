import { engines, type Row, timed } from './row.js';

const goals = [
  { subject: 'gantry', of: 'docker', most: 0.25 },
  { subject: 'gantry', of: 'podman', most: 0.8 },
] as const;

export const bytes: Row = timed(
  { id: 'output-bytes', title: '200 MB of attached output', peers: engines, runs: [2, 1], goals },
  ['run', '--rm', 'busybox', 'head', '-c', '200000000', '/dev/zero'],
);

export const lines: Row = timed(
  { id: 'output-lines', title: '1,000,000 lines of attached output', peers: engines, runs: [3, 1], goals: [] },
  ['run', '--rm', 'busybox', 'seq', '1000000'],
);
