import type { Effects } from '../../../kernel/index.js';
import type { Events } from '../contracts/index.js';

/** Effects of what commands do with events. Subscriptions belong to the engine alone. */
export const EVENTS_EFFECTS: Effects<Events> = {
  after: 'read',
  newest: 'read',
  onAppended: 'read',
  // A dry run reports the change that the event belongs to.
  emit: { effect: 'write', plan: () => ({ result: undefined }) },
};
