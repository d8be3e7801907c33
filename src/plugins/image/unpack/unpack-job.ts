/** Messages between the engine and the process that unpacks archives, both as JSON. */

/** How to unpack one archive. */
export interface UnpackJob {
  /** Bytes at which it counts as a bomb. */
  readonly limit: number;
  /** Name of the directory to be filled, in the directory of descriptor 4. */
  readonly layer: string;
  /**
   * Name of the directory for tar-split data, in the directory of descriptor 5. Absent: the archive is copied, and no
   * layer.
   */
  readonly tarSplit?: string;
  /** The path in the directory that it is copied to, absolute. */
  readonly into?: string;
  /** It is copied to a folder of a user's, which does not become the root: each name, as bytes in latin1. */
  readonly ofUser?: {
    readonly owners: boolean;
    readonly only?: { readonly name: string; readonly as: string } | undefined;
  };
}

export type UnpackOutcome =
  | {
      readonly size: number;
      readonly diffId: string;
      readonly leftOut?: readonly string[];
      readonly implied?: readonly string[];
    }
  | {
      readonly kind: 'invalid' | 'unavailable' | 'internal';
      readonly message: string;
      readonly hint?: string | undefined;
    };
