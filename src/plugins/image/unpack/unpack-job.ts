/** What the engine sends to the process that unpacks archives, and what comes back: both as JSON. */

/** What to do with an archive. */
export interface UnpackJob {
  /** Bytes at which it counts as a bomb. */
  readonly limit: number;
  /** Of the directory to be filled, in that of descriptor 4. */
  readonly layer: string;
  /** Of the one for what it takes to make the archive again, in that of descriptor 5. Absent: it is copied, and no layer. */
  readonly tarSplit?: string;
  /** Where in the directory it is copied to, as an absolute path. */
  readonly into?: string;
}

export type UnpackOutcome =
  | { readonly size: number; readonly diffId: string }
  | {
      readonly kind: 'invalid' | 'unavailable' | 'internal';
      readonly message: string;
      readonly hint?: string | undefined;
    };
