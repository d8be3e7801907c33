import type { CheckOptions, Finding } from '../../../kernel/check.js';
import { token } from '../../../kernel/token.js';

/** What is wrong with the engine's state, of all plugins. */
export interface Checks {
  /** Looks, and changes nothing. A check that cannot be made is a finding itself. */
  find(options: CheckOptions): AsyncIterable<Finding>;
  /** Repairs what was found, if anything can be done about it. @throws what stands in the way */
  repair(finding: Finding): Promise<void>;
}
export const Checks = token<Checks>('Checks');
