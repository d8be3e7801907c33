import { type CheckOptions, type Finding, token } from '../../../kernel/index.js';

/** Finds and repairs damage in the state of all plugins. */
export interface Checks {
  /** Finds damage, and changes nothing. A check that fails is a finding itself. */
  find(options: CheckOptions): AsyncIterable<Finding>;
  /** Repairs what was found, if it can be repaired. @throws the reason why it failed */
  repair(finding: Finding): Promise<void>;
}
export const Checks = token<Checks>('Checks');
