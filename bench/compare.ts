import { median } from './measure.js';
import type { Peer, PeerName } from './peers/peer.js';
import type { Goal, Row } from './rows/row.js';

export interface Figures {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: readonly number[];
}
export interface Failure {
  readonly error: string;
}
export interface GoalResult extends Goal {
  /** Undefined where one of the two figures is missing. */
  readonly value?: number;
  readonly met?: boolean;
}
export interface RowResult {
  readonly id: string;
  readonly title: string;
  readonly unit: Row['unit'];
  readonly results: Partial<Record<PeerName, Figures | Failure>>;
  readonly goals: readonly GoalResult[];
}

/** Runs a row's peers in turn, so that what else the machine does meets all of them alike. */
export async function compare(row: Row, peers: readonly Peer[], runs: number): Promise<RowResult> {
  const runners = peers.filter((peer) => row.peers.includes(peer.name));
  const figures = new Map<PeerName, number[]>();
  const failures = new Map<PeerName, string>();
  try {
    row.prepare?.();
  } catch (error) {
    for (const { name } of runners) failures.set(name, messageOf(error));
  }
  const warmUps = runs > 5 ? 1 : 0;
  for (let turn = -warmUps; turn < runs; turn++) {
    for (const peer of runners.filter(({ name }) => !failures.has(name))) {
      try {
        const figure = await row.measure(peer);
        if (turn >= 0) figures.set(peer.name, [...(figures.get(peer.name) ?? []), figure]);
      } catch (error) {
        failures.set(peer.name, messageOf(error));
      }
    }
  }
  const results: RowResult['results'] = {};
  for (const { name } of runners) results[name] = resultOf(figures.get(name) ?? [], failures.get(name));
  return {
    id: row.id,
    title: row.title,
    unit: row.unit,
    results,
    goals: row.goals.map((goal) => judge(goal, results)),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function resultOf(runs: readonly number[], error: string | undefined): Figures | Failure {
  return error === undefined
    ? { median: median(runs), least: Math.min(...runs), most: Math.max(...runs), runs }
    : { error };
}

function judge(goal: Goal, results: RowResult['results']): GoalResult {
  const figure = medianOf(results[goal.subject]);
  const base = goal.of === undefined ? 1 : medianOf(results[goal.of]);
  if (figure === undefined || base === undefined) return goal;
  const value = figure / base;
  return { ...goal, value, met: value <= goal.most };
}

export function medianOf(result: Figures | Failure | undefined): number | undefined {
  return result && 'median' in result ? result.median : undefined;
}
