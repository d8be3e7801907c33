import type { Effects } from '../../kernel/index.js';
import type { PluginWorkbench } from './contracts.js';
import { demandAbsent, filesOf } from './scaffold.js';
import { testsIn } from './tests-in.js';

export const WORKBENCH_EFFECTS: Effects<PluginWorkbench> = {
  scaffold: {
    effect: 'write',
    plan: async (_, folder, id) => {
      const names = filesOf(id).map(({ name }) => name);
      demandAbsent(folder, names);
      return { says: `write ${names.join(', ')}`, result: names };
    },
  },
  test: {
    effect: 'exec',
    plan: async (_, folder, files) => ({
      says: `run the tests of ${(files.length > 0 ? files : testsIn(folder)).join(', ')}`,
      result: 0,
    }),
  },
};
