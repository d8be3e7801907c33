import { isAlive, isSelf } from '../../../host/index.js';
import { type Bundle, memberWithPid } from '../host/index.js';
import type { StoredContainer } from '../records/index.js';

/** Whether its owner lives. This process knows that of itself without a look. @throws where it cannot be looked at */
export function hasOwner({ owner }: StoredContainer): boolean {
  return owner !== undefined && (isSelf(owner) || isAlive(owner));
}

/**
 * A monitor that only holds the output of an ended run does not count.
 * @throws where a process cannot be looked at: it may be alive
 */
export function isRunning({ id, monitor, init }: StoredContainer, bundle: Bundle): boolean {
  if (bundle.exitCode() !== undefined) return false;
  if ([monitor, init].some((process) => process && isAlive(process))) return true;
  const pid = bundle.pid();
  return pid !== undefined && memberWithPid(id, pid) !== undefined;
}
