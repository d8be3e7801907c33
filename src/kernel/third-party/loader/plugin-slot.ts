import { basename } from 'node:path';
import type { PluginVersion, ProcessExit } from '../process/index.js';
import type { Manifest } from '../protocol/index.js';
import type { KnownVersion } from './manifest-cache.js';
import type { Problem } from './problem.js';

const MOST_FAILURES = 3;
const WINDOW_MS = 60_000;
const FIRST_BACKOFF_MS = 30_000;
const LONGEST_BACKOFF_MS = 600_000;
const OUTPUT_LINES = 50;

/** A file or folder that a plugin comes from, and all that is known of the plugin. */
export class PluginSlot {
  /** The version that is in use: the last good one. */
  version: PluginVersion | undefined;
  /** The version of the files as they are now, where they can be loaded: perhaps not in use yet. */
  newest: KnownVersion | undefined;
  /** Why the newest content is not in use. */
  problem: Problem | undefined;
  /** A good version that waits for the operator's approval. */
  pending: Manifest | undefined;
  disabled = false;
  /** Content and time of the files that it was last read from. */
  stamps = '';
  inputs: readonly string[];
  #failures: number[] = [];
  #backoffLevel = 0;
  #backoffUntil = 0;
  #lastEnd: { readonly end: ProcessExit; readonly at: Date } | undefined;
  readonly #output: string[] = [];

  constructor(readonly source: string) {
    this.inputs = [source];
  }

  get manifest(): Manifest | undefined {
    return this.version?.manifest ?? this.pending ?? this.newest?.manifest;
  }

  /** The plugin's id, or the file's name while that is not known. */
  get id(): string {
    return this.manifest?.id ?? basename(this.source).replace(/\.m?[tj]s$/, '');
  }

  get output(): string {
    return this.#output.join('\n');
  }

  wrote(line: string): void {
    this.#output.push(line);
    if (this.#output.length > OUTPUT_LINES) this.#output.shift();
  }

  /**
   * Its process died. After three times in a minute it backs off, longer each time.
   * @param now on the monotonic clock
   */
  failed(end: ProcessExit, now = performance.now()): void {
    this.#lastEnd = { end, at: new Date() };
    this.#failures = [...this.#failures.filter((at) => at > now - WINDOW_MS), now];
    if (this.#failures.length < MOST_FAILURES) return;
    this.#backoffUntil = now + Math.min(FIRST_BACKOFF_MS * 2 ** this.#backoffLevel++, LONGEST_BACKOFF_MS);
    this.#failures = [];
  }

  /** Forgets failures: there is a new version, or the operator has decided something. */
  resetFailures(): void {
    this.#failures = [];
    this.#backoffLevel = 0;
    this.#backoffUntil = 0;
    this.#lastEnd = undefined;
  }

  /** Seconds until it is started again; 0 without back-off. */
  backoffSeconds(now = performance.now()): number {
    return Math.max(0, Math.ceil((this.#backoffUntil - now) / 1000));
  }

  /** How its process died last, and when. */
  get lastFailure(): Problem | undefined {
    if (!this.#lastEnd) return undefined;
    const { end, at } = this.#lastEnd;
    return { reason: `${end.reason} (${at.toISOString()})`, stack: end.stack };
  }
}
