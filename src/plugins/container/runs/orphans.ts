import { bootId, identify, isAlive, ownIdentity, type ProcessIdentity } from '../../../host/index.js';
import type { Bundle } from '../host/index.js';
import type { StoredContainer } from '../records/index.js';

/** No process survives a boot, even if its pid and start time are used again. */
export function isAliveInThisBoot({ boot }: StoredContainer, process: ProcessIdentity | undefined): boolean {
  return process !== undefined && boot === bootId() && isAlive(process);
}

export function aliveInit(container: StoredContainer): ProcessIdentity | undefined {
  return isAliveInThisBoot(container, container.init) ? container.init : undefined;
}

/** Whether its owner lives. This process knows that of itself without a look. */
export function hasOwner(container: StoredContainer): boolean {
  const { owner, boot } = container;
  const own = ownIdentity();
  const isOwn = boot === bootId() && owner?.pid === own.pid && owner.startTime === own.startTime;
  return isOwn || isAliveInThisBoot(container, owner);
}

/** A monitor that only holds the output of an ended run does not count. */
export function isRunning(container: StoredContainer, bundle: Bundle): boolean {
  const { monitor, init } = container;
  if (bundle.exitCode() !== undefined) return false;
  const pid = bundle.pid();
  return [monitor, init, pid === undefined ? undefined : identify(pid)].some((process) =>
    isAliveInThisBoot(container, process),
  );
}
