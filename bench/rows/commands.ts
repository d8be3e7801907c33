import { engines, enginesAndLocal, type Row, timed } from './row.js';

const runGoals = [
  { subject: 'gantry', of: 'docker', most: 0.3 },
  { subject: 'gantry', of: 'podman', most: 0.3 },
  { subject: 'gantry-local', of: 'podman', most: 0.7 },
] as const;

const nodeGoals = [
  { subject: 'gantry', of: 'node', most: 1.3 },
  { subject: 'gantry-plugins', of: 'gantry', most: 1.05 },
] as const;

export const run: Row = timed(
  { id: 'run', title: 'run --rm busybox true, bridge network', peers: enginesAndLocal, runs: [12, 6], goals: runGoals },
  ['run', '--rm', 'busybox', 'true'],
);

export const runNoNetwork: Row = timed(
  { id: 'run-none', title: 'run --rm --network none busybox true', peers: enginesAndLocal, runs: [12, 6], goals: [] },
  ['run', '--rm', '--network', 'none', 'busybox', 'true'],
);

export const version: Row = timed(
  {
    id: 'version',
    title: 'version',
    peers: [...enginesAndLocal, 'gantry-plugins', 'node'],
    runs: [30, 11],
    goals: nodeGoals,
  },
  ['version'],
);

export const ps: Row = timed(
  { id: 'ps', title: 'ps', peers: [...engines, 'gantry-plugins', 'node'], runs: [30, 11], goals: nodeGoals },
  ['ps'],
);
