import type { Effects } from '../../kernel/index.js';
import type { PluginWorkbench } from './contracts.js';
import { findTests } from './find-tests.js';
import { refuseExistingFiles, scaffoldFiles } from './scaffold.js';

export const WORKBENCH_EFFECTS: Effects<PluginWorkbench> = {
  scaffold: {
    effect: 'write',
    plan: async (_, folder, id) => {
      const names = scaffoldFiles(id).map(({ name }) => name);
      refuseExistingFiles(folder, names);
      return { says: `write ${names.join(', ')}`, result: names };
    },
  },
  test: {
    effect: 'exec',
    plan: async (_, folder, files) => ({
      says: `run the tests of ${(files.length > 0 ? files : findTests(folder)).join(', ')}`,
      result: 0,
    }),
  },
};
