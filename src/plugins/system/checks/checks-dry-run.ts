import type { Effects } from '../../../kernel/index.js';
import type { Checks } from '../contracts/index.js';

export const CHECKS_EFFECTS: Effects<Checks> = {
  find: 'read',
  repair: {
    effect: 'destroy',
    plan: async (_, { object, problem, repair, hint }) => ({
      says: `${repair?.does ?? `leave it${hint ? `, for you to help: ${hint}` : ''}`}: ${object}: ${problem}`,
      result: undefined,
    }),
  },
};
