import type { Client } from './client.js';
import type { ErrorKind } from './errors.js';

/** A failure in the form that crosses the wire. */
export interface Failure {
  readonly kind: ErrorKind | 'internal';
  readonly message: string;
  readonly hint?: string;
}

/** How a call ended. */
export interface Outcome {
  /** 0 to 255. */
  readonly exitCode: number;
  readonly failure?: Failure;
}

/** Runs a command line for a client. Never rejects: failures are outcomes. */
export type CallHandler = (argv: readonly string[], client: Client) => Promise<Outcome>;
