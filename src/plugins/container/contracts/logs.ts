export interface LogOptions {
  readonly follow: boolean;
  /** Number of lines at its end; absent: all. */
  readonly tail?: number | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly signal?: AbortSignal;
}
