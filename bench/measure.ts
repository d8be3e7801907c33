import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Peer } from './peers/peer.js';

const devNull = openSync('/dev/null', 'w');

/** Runs one command of the peer with its output on /dev/null, and gives the seconds from spawn to exit. */
export function secondsOf(peer: Peer, args: readonly string[]): number {
  const [command = '', ...rest] = peer.argv(args);
  const begin = process.hrtime.bigint();
  const run = spawnSync(command, rest, { env: peer.env, stdio: ['ignore', devNull, 'pipe'] });
  const end = process.hrtime.bigint();
  refuseFailure(peer, args, run);
  return Number(end - begin) / 1e9;
}

/** Runs one command of the peer and gives what it prints. */
export function outputOf(peer: Peer, args: readonly string[]): string {
  const [command = '', ...rest] = peer.argv(args);
  const run = spawnSync(command, rest, { env: peer.env, stdio: ['ignore', 'pipe', 'pipe'] });
  refuseFailure(peer, args, run);
  return run.stdout.toString().trim();
}

export function fails(peer: Peer, args: readonly string[]): boolean {
  const [command = '', ...rest] = peer.argv(args);
  return spawnSync(command, rest, { env: peer.env, stdio: 'ignore' }).status !== 0;
}

/** Writes out what earlier runs left in memory, so that this run does not pay for it. */
export function settle(): void {
  spawnSync('sync');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The least value that so large a share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: Buffer | null;
  readonly error?: Error;
}

function refuseFailure(peer: Peer, args: readonly string[], run: Outcome): void {
  if (run.status === 0) return;
  const why = run.error?.message ?? run.stderr?.toString().trim().slice(-300) ?? '';
  throw new Error(`${peer.name} ${args.join(' ')}: exit ${run.status ?? run.signal}: ${why}`);
}

process.once('exit', () => closeSync(devNull));
