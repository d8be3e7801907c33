import type { Effects } from '../../kernel/index.js';
import type { Events } from './contracts.js';

/** What commands do with events. Subscriptions are the engine's own affair. */
export const EVENTS_EFFECTS: Effects<Events> = {
  after: 'read',
  newest: 'read',
  onNews: 'read',
  emit: {
    effect: 'write',
    plan: (_events, type, action, actor) => ({
      says: `note the event '${action}' of ${type} ${actor}`,
      result: undefined,
    }),
  },
};
