import { GantryError } from '../../kernel/index.js';
import { seconds } from './grace.js';
import type { ContainerOptions } from './options/container-options.js';
import { parseRestartPolicy } from './restart-policy.js';
import type { LifeSettings } from './settings.js';
import { parseSignal } from './signal.js';

/** @throws GantryError `usage`, `invalid`, in Docker's words */
export function lifeSettings(options: ContainerOptions): LifeSettings {
  const { remove, restartUnhealthy, init, stopTimeout, stopSignal } = options;
  const restart = parseRestartPolicy(options.restart);
  if (remove && (restart.name !== 'no' || restartUnhealthy)) {
    throw new GantryError('invalid', 'conflicting options: cannot specify both --restart and --rm');
  }
  if (stopSignal) parseSignal(stopSignal);
  return { restart, restartUnhealthy, init, ...(stopTimeout !== undefined && { stopTimeout: seconds(stopTimeout) }) };
}
