export interface RigOptions {
  /** The same seed chooses the same things in the same order. When they happen is the machine's affair. */
  readonly seed: number;
  /** How much of its work a rig does; each says what it counts. */
  readonly count: number | undefined;
  /** A part of the work: names of verbs, kinds of calls, commands. */
  readonly only: readonly string[];
  readonly clients: number;
  readonly minutes: number;
  readonly tell: (line: string) => void;
}

export interface RigReport {
  /** Each with what is needed to see it again. */
  readonly faults: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

export type Rig = (options: RigOptions) => Promise<RigReport>;
