import type { Effect } from '../contracts/index.js';
import type { Recorder } from './recorder.js';

/** The rights of one call, and its recorder where it is a dry run. */
export interface CallScope {
  /** The effects that are permitted in its name: those that its command declares. */
  readonly effects: readonly Effect[];
  /** Records the steps of a dry run. */
  readonly recorder: Recorder | undefined;
}

const scopes = new WeakMap<object, CallScope>();

/** Sets the rights of a command's context. The command cannot change them. */
export function setScope<T extends object>(context: T, scope: CallScope): T {
  scopes.set(context, scope);
  return context;
}

/** Whether a call only says what it would do. */
export function isDryRun(context: object): boolean {
  return scopes.get(context)?.recorder !== undefined;
}

export function scopeOf(context: object): CallScope {
  const scope = scopes.get(context);
  if (!scope) throw new Error('a context that no call was made for');
  return scope;
}
