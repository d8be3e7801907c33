import type { Effects } from '../../../kernel/index.js';
import type { Events } from '../contracts/index.js';

/** What commands do with events. Subscriptions are the engine's own affair. */
export const EVENTS_EFFECTS: Effects<Events> = {
  after: 'read',
  newest: 'read',
  onAppended: 'read',
  // It belongs to the change that it tells of, which says enough.
  emit: { effect: 'write', plan: () => ({ result: undefined }) },
};
