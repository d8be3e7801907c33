import type { Effect } from '../contracts/index.js';
import type { Recorder } from './recorder.js';

/** What holds for one call, beyond what its command says. */
export interface CallScope {
  /** What may be done in its name: what its command declares. */
  readonly effects: readonly Effect[];
  /** Takes what a dry run would do instead. */
  readonly recorder: Recorder | undefined;
}

const scopes = new WeakMap<object, CallScope>();

/** Notes under which rights a command's context stands: its command cannot change it. */
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
