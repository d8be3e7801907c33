export interface LogOptions {
  readonly follow: boolean;
  /** Number of lines at its end; absent: all. */
  readonly tail?: number | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** The beginning of a line waits for the rest as long as the log grows, and gets an end then; else for a moment. */
  readonly waitsForLines?: boolean;
  readonly signal?: AbortSignal;
}
