import { GantryError } from '../../../kernel/index.js';
import type { LifecycleSettings } from '../contracts/index.js';
import type { ContainerFlags } from '../flags/index.js';
import { parseRestartPolicy, parseSignal, parseStopTimeout } from '../parsers/index.js';

/** @throws GantryError `usage`, `invalid`, in Docker's words */
export function lifecycleSettings(options: ContainerFlags): LifecycleSettings {
  const { remove, restartUnhealthy, init, stopTimeout, stopSignal } = options;
  const restart = parseRestartPolicy(options.restart);
  if (remove && (restart.name !== 'no' || restartUnhealthy)) {
    throw new GantryError('invalid', 'conflicting options: cannot specify both --restart and --rm');
  }
  if (stopSignal) parseSignal(stopSignal);
  return {
    restart,
    restartUnhealthy,
    init,
    ...(stopTimeout !== undefined && { stopTimeout: parseStopTimeout(stopTimeout) }),
  };
}
