import { join } from 'node:path';
import test from 'ava';
import { readSources } from '../../../scripts/house/imports.js';
import { complaints, RULES } from '../../../scripts/house/layers.js';

type Tree = Readonly<Record<string, string>>;

/** A plugin with two rooms beside its commands, one without, and a kernel with two. */
const HOUSE: Tree = {
  'kernel/contracts/index.ts': "export { token } from './token.js';",
  'kernel/contracts/token.ts': '',
  'kernel/text/index.ts': "export { table } from './table.js';",
  'kernel/text/table.ts': "import { token } from '../contracts/index.js';",
  'kernel/index.ts': "export { table } from './text/table.js';",
  'plugins/container/index.ts':
    "const load = () => import('./runs/run.js');\nimport { limit } from './host/limits.js';",
  'plugins/container/host/index.ts': "export { limit } from './limits.js';",
  'plugins/container/host/limits.ts': "import { token } from '../../../kernel/index.js';",
  'plugins/container/runs/index.ts': '',
  'plugins/container/runs/run.ts': "import { limit } from '../host/index.js';",
  'plugins/container/commands/run.ts': "import { Run } from '../runs/index.js';",
  'plugins/volume/index.ts': "export { Volumes } from './volumes.js';",
  'plugins/volume/volumes.ts': '',
  'plugins/volume/commands/ls.ts': "import { Volumes } from '../volumes.js';",
  'transport/server.ts': "import { token } from '../kernel/contracts/index.js';",
  'main.ts': "import { table } from './kernel/text/table.js';",
};

function complaintsOf(changes: Tree): readonly string[] {
  return complaints(new Map(Object.entries({ ...HOUSE, ...changes })));
}

test('a house whose rooms are entered through their doors passes', (t) => {
  t.deepEqual(complaintsOf({}), []);
});

test('the project itself passes', (t) => {
  t.deepEqual(complaints(readSources(join(import.meta.dirname, '../../..'))), []);
});

const refused = test.macro((t, path: string, text: string, rule: keyof typeof RULES, place: string) => {
  const [complaint = '', ...others] = complaintsOf({ [path]: text });
  t.deepEqual(others, []);
  t.true(complaint.startsWith(place), complaint);
  t.true(complaint.includes(`Rule: ${RULES[rule]}`), complaint);
});

const [run, limits] = ['plugins/container/runs/run.ts', 'plugins/container/host/limits.ts'];
const second = (text: string): string => `import { readFile } from 'node:fs';\n${text}`;

test(
  'a room past its door, in a plugin',
  refused,
  run,
  second("import { limit } from '../host/limits.js';"),
  'rooms',
  `src/${run}:2: imports ${limits}.`,
);

test('or for a type', refused, run, "import type { L } from '../host/limits.js';", 'rooms', `src/${run}:1:`);
test('or handed on', refused, run, "export { L } from '../host/limits.js';", 'rooms', `src/${run}:1:`);

test(
  'a room of the kernel, from a plugin',
  refused,
  run,
  "import { table } from '../../../kernel/text/index.js';",
  'kernel',
  `src/${run}:1: imports kernel/text/index.ts.`,
);

test('a room of the kernel past its door, from another house', (t) => {
  const [complaint = ''] = complaintsOf({ 'transport/server.ts': "import { table } from '../kernel/text/table.js';" });
  t.regex(complaint, /import kernel\/text\/index\.ts, or import\(\.\.\.\) the file when it is needed/);
});

test('a file that is imported late needs no door', (t) => {
  t.deepEqual(complaintsOf({ [run]: "const load = () => import('../host/limits.js');" }), []);
});

test('a folder without a door is open', (t) => {
  t.deepEqual(complaintsOf({ [run]: "import { x } from '../old/x.js';", 'plugins/container/old/x.ts': '' }), []);
});

test('rooms that import each other', (t) => {
  const [complaint, ...others] = complaintsOf({ [limits]: second("import { Run } from '../runs/index.js';") });
  t.deepEqual(others, []);
  t.is(
    complaint,
    [
      `src: plugins/container/host -> plugins/container/runs -> plugins/container/host. Rule: ${RULES.cycles}`,
      `  src/${limits}:2 imports plugins/container/runs/index.ts`,
      `  src/${run}:1 imports plugins/container/host/index.ts`,
    ].join('\n'),
  );
});

test('a room that a command is imported into', (t) => {
  const [complaint = ''] = complaintsOf({ [run]: "import { run } from '../commands/run.js';" });
  t.true(complaint.includes(RULES.cycles), complaint);
});

test(
  'the kernel and a plugin',
  refused,
  'kernel/text/table.ts',
  "import { Volumes } from '../../plugins/volume/index.js';",
  'houses',
  "src/kernel/text/table.ts:1: 'kernel' imports plugins/volume/index.ts.",
);

test(
  'the kernel and the transport',
  refused,
  'kernel/text/table.ts',
  "const late = () => import('../../transport/server.js');",
  'houses',
  "src/kernel/text/table.ts:1: 'kernel' imports transport/server.ts.",
);

test(
  'a plugin and the transport',
  refused,
  run,
  "import { listen } from '../../../transport/server.js';",
  'houses',
  `src/${run}:1: 'plugins' imports transport/server.ts.`,
);

test(
  'a plugin past its index',
  refused,
  run,
  "import { Volumes } from '../../volume/volumes.js';",
  'plugins',
  `src/${run}:1: imports plugins/volume/volumes.ts.`,
);
