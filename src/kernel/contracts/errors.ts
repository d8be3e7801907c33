/**
 * The kind of an error. Code decides by kind, never by the text of a message; words and exit codes are made from it in
 * one place (`text/failures.ts`).
 */
export type ErrorKind =
  /** The command line is wrong: unknown command or flag, wrong arity, a value that does not parse. */
  | 'usage'
  /** The named object does not exist. */
  | 'not found'
  /** The object is there, and in a state that forbids this: a taken name, an ambiguous prefix, a running container. */
  | 'conflict'
  /** Input that cannot be right whatever the state: a bad archive, a bad reference, a bad number. */
  | 'invalid'
  /** Something that is needed is missing or does not answer: no runtime, a port in use, a full disk. */
  | 'unavailable'
  /** The caller has no right to this. */
  | 'denied'
  /** The container's program exists and cannot be executed (exit code 126). */
  | 'not executable'
  /** The container's program does not exist (exit code 127). */
  | 'no such program';

const KINDS: Readonly<Record<ErrorKind, true>> = {
  usage: true,
  'not found': true,
  conflict: true,
  invalid: true,
  unavailable: true,
  denied: true,
  'not executable': true,
  'no such program': true,
};

/** The result of work; undefined where it fails with one of these kinds: `not found`, above all. */
export function unlessKind<T>(kinds: readonly ErrorKind[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (kinds.some((kind) => isKind(error, kind))) return undefined;
    throw error;
  }
}

/** For kinds that come over a wire. */
export function isErrorKind(kind: unknown): kind is ErrorKind {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}

export interface ErrorDetail {
  readonly cause?: unknown;
  /** Advice what to try next, one sentence without a full stop at its end. */
  readonly hint?: string;
  /** An exit code for this very failure, where the kind's own would be wrong. */
  readonly exitCode?: number;
}

/** An error that a user may see: what happened, to which object. Anything else that is thrown is a bug. */
export class GantryError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly exitCode: number | undefined;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'GantryError';
    this.kind = kind;
    this.hint = detail.hint;
    this.exitCode = detail.exitCode;
  }
}

export function isKind(error: unknown, kind: ErrorKind): boolean {
  return error instanceof GantryError && error.kind === kind;
}

/** A third-party plugin that cannot answer: it crashed, was ended, takes too long, or rests. */
export class PluginFailure extends GantryError {
  constructor(
    plugin: string,
    reason: string,
    /** Where in the plugin's code; may be empty. */
    readonly guestStack = '',
    cause?: unknown,
  ) {
    super('unavailable', `plugin '${plugin}' ${reason}`, { hint: `docker plugin inspect ${plugin} tells more`, cause });
    this.name = 'PluginFailure';
  }
}

/** An error in the code of a plugin that is no `GantryError`, so a bug, with the stack of the plugin's process. */
export class GuestError extends Error {
  override readonly name = 'GuestError';
  constructor(
    message: string,
    readonly guestStack: string,
  ) {
    super(message);
  }
}
