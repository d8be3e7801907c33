import { secondsOf } from '../measure.js';
import type { Peer, PeerName } from '../peers/peer.js';

/** `of` missing: the figure itself, in the row's unit, is to be at most `most`. */
export interface Goal {
  readonly subject: PeerName;
  readonly of?: PeerName;
  readonly most: number;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  /** `x`: a ratio. */
  readonly unit: 's' | 'MB' | 'x';
  readonly peers: readonly PeerName[];
  /** How often, and how often with --quick. */
  readonly runs: readonly [full: number, quick: number];
  readonly goals: readonly Goal[];
  /** Before the first run: what all of them use. */
  prepare?(): void;
  /** One figure of one peer, whose busybox image is there already. */
  measure(peer: Peer): number | Promise<number>;
}

/** A row that measures how long one command takes. */
export function timed(row: Omit<Row, 'unit' | 'measure'>, args: readonly string[]): Row {
  return { ...row, unit: 's', measure: (peer) => secondsOf(peer, args) };
}

export const engines: readonly PeerName[] = ['gantry', 'docker', 'podman'];
export const enginesAndLocal: readonly PeerName[] = ['gantry', 'gantry-local', 'docker', 'podman'];
