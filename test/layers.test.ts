import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';

const root = join(import.meta.dirname, '../..');
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');

type Tree = Record<string, string>;

async function lint(tree: Tree): Promise<{ status: number | null; output: string }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gantry-layers-')));
  try {
    await copyFile(join(root, 'biome.json'), join(folder, 'biome.json'));
    for (const [path, text] of Object.entries({ '.gitignore': 'dist/\n', ...tree })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const run = spawnSync(process.execPath, [biome, 'lint', '.'], { cwd: folder, encoding: 'utf8' });
    return { status: run.status, output: run.stdout + run.stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const house: Tree = {
  'src/kernel/token.ts': 'export const token = 1;\n',
  'src/plugins/image/graph.ts': "import { token } from '../../kernel/token.js';\n\nexport const graph = token;\n",
  'src/plugins/image/index.ts': "export { graph } from './graph.js';\n",
  'src/plugins/container/runtime.ts': "import { graph } from '../image/index.js';\n\nexport const runtime = graph;\n",
  'src/plugins/container/commands/run.ts':
    "import { token } from '../../../kernel/token.js';\nimport { graph } from '../../image/index.js';\n" +
    "import { runtime } from '../runtime.js';\n\nexport const run = [token, graph, runtime];\n",
};

test('a tree that keeps the layers passes', async (t) => {
  const { status, output } = await lint(house);
  t.is(status, 0, output);
});

const knowsNoPlugin = /The kernel and the transport know no plugin/;
const knowsNoTransport = /The kernel knows no transport/;
const throughIndex = /A plugin imports another plugin only through its index\.ts/;
const cycle = /This import is part of a cycle/;

const refused = test.macro(async (t, files: Tree, complaint: RegExp) => {
  const { status, output } = await lint({ ...house, ...files });
  t.is(status, 1);
  t.regex(output, complaint);
});

const imports = (from: string) => `import { graph } from '${from}';\n\nexport const x = graph;\n`;
const importsType = (from: string) => `import type { graph } from '${from}';\n\nexport type X = typeof graph;\n`;
const importsLate = (from: string) => `export const x = () => import('${from}');\n`;

for (const [how, code] of Object.entries({ value: imports, type: importsType, late: importsLate })) {
  const index = '../plugins/image/index.js';
  test(`${how}: kernel to plugin`, refused, { 'src/kernel/x.ts': code(index) }, knowsNoPlugin);
  test(`${how}: transport to plugin`, refused, { 'src/transport/x.ts': code(index) }, knowsNoPlugin);
  test(`${how}: kernel to transport`, refused, { 'src/kernel/x.ts': code('../transport/x.js') }, knowsNoTransport);
  const service = { 'src/plugins/container/x.ts': code('../image/graph.js') };
  test(`${how}: plugin's service past an index`, refused, service, throughIndex);
  const command = { 'src/plugins/container/commands/x.ts': code('../../image/graph.js') };
  test(`${how}: plugin's command past an index`, refused, command, throughIndex);
  const deep = { 'src/plugins/container/commands/sub/x.ts': code('../../../image/graph.js') };
  test(`${how}: deeper down past an index`, refused, deep, throughIndex);
}

test(
  'the long way round past an index',
  refused,
  { 'src/plugins/container/x.ts': imports('../../plugins/image/graph.js') },
  throughIndex,
);

test(
  'a cycle of values',
  refused,
  {
    'src/kernel/token.ts': "export { x as token } from './x.js';\n",
    'src/kernel/x.ts': "export { token as x } from './token.js';\n",
  },
  cycle,
);

test(
  'a cycle of types',
  refused,
  {
    'src/kernel/a.ts': "import type { B } from './b.js';\n\nexport type A = B | 1;\n",
    'src/kernel/b.ts': "import type { A } from './a.js';\n\nexport type B = A | 2;\n",
  },
  cycle,
);
