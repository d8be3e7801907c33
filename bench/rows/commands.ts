import { engines, enginesAndLocal, type Row, timed } from './row.js';

const runGoals = [
  { subject: 'gantry', of: 'docker', most: 0.3 },
  { subject: 'gantry', of: 'podman', most: 0.3 },
  { subject: 'gantry-local', of: 'podman', most: 0.7 },
] as const;

const nodeGoal = [{ subject: 'gantry', of: 'node', most: 1.3 }] as const;

export const run: Row = timed(
  { id: 'run', title: 'run --rm busybox true, bridge network', peers: enginesAndLocal, runs: [20, 7], goals: runGoals },
  ['run', '--rm', 'busybox', 'true'],
);

export const runNoNetwork: Row = timed(
  { id: 'run-none', title: 'run --rm --network none busybox true', peers: enginesAndLocal, runs: [20, 7], goals: [] },
  ['run', '--rm', '--network', 'none', 'busybox', 'true'],
);

export const version: Row = timed(
  { id: 'version', title: 'version', peers: [...enginesAndLocal, 'node'], runs: [40, 15], goals: nodeGoal },
  ['version'],
);

export const ps: Row = timed({ id: 'ps', title: 'ps', peers: [...engines, 'node'], runs: [40, 15], goals: nodeGoal }, [
  'ps',
]);
