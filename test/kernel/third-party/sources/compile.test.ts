import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { stop } from 'esbuild';
import { compile } from '../../../../src/kernel/third-party/sources/compile.js';

const folders: string[] = [];
test.after.always(() => {
  stop();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function given(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-compile-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const NAMES = ['plugin', 'Command', 'Containers'];

async function compiled(path: string): Promise<{ code: string; hash: string; entry: string; inputs: string[] }> {
  const inputs: string[] = [];
  const result = await compile(path, NAMES, (input) => inputs.push(input));
  return { ...result, inputs: [...new Set(inputs)] };
}

test('one file becomes one module, with what gantry lends, and the same hash each time', async (t) => {
  const folder = given({
    'a.ts': "import { plugin } from 'gantry';\nexport default plugin({ id: 'a', api: 1 } as const);\n",
  });
  const first = await compiled(`${folder}/a.ts`);
  t.regex(first.code, /lend\("plugin"\)|lend\('plugin'\)/);
  t.notRegex(first.code, /Containers/);
  t.deepEqual(first.inputs, [`${folder}/a.ts`]);
  t.is((await compiled(`${folder}/a.ts`)).hash, first.hash);
});

for (const extension of ['ts', 'mts', 'js', 'mjs']) {
  test(`decorators of classes, properties and parameters in .${extension}`, async (t) => {
    const source = `const D = (...of) => {}; @D class A { @D x = 1; constructor(@D y) { this.y = y; } }\nexport default A;`;
    const folder = given({ [`a.${extension}`]: extension.endsWith('ts') ? `// @ts-nocheck\n${source}` : source });
    const { code } = await compiled(`${folder}/a.${extension}`);
    t.regex(code, /__decorateParam/);
  });
}

test('a package: its package.json names the entry, node_modules are bundled, all are inputs', async (t) => {
  const folder = given({
    'p/package.json': '{ "main": "src/main.ts" }',
    'p/src/main.ts': "import { n } from './n.js'; import dep from 'dep'; export default [n, dep];",
    'p/src/n.ts': 'export const n: number = 42;',
    'p/node_modules/dep/package.json': '{ "main": "index.js" }',
    'p/node_modules/dep/index.js': "module.exports = 'from dep';",
  });
  const { code, inputs, entry } = await compiled(`${folder}/p`);
  t.is(entry, `${folder}/p/src/main.ts`);
  t.regex(code, /from dep/);
  for (const name of ['', '/package.json', '/src/main.ts', '/src/n.ts', '/node_modules/dep/index.js']) {
    t.true(inputs.includes(`${folder}/p${name}`), name);
  }
});

test('the source map leads back to the lines of the source', async (t) => {
  const folder = given({
    'a.ts': 'type X = number;\n\nexport default function named(): X {\n  throw new Error("here");\n}\n',
  });
  const { code } = await compiled(`${folder}/a.ts`);
  const [, base64 = ''] = /base64,(\S+)/.exec(code) ?? [];
  const map = new SourceMap(JSON.parse(Buffer.from(base64, 'base64').toString()));
  const lines = code.split('\n');
  const line = lines.findIndex((text) => text.includes('here'));
  t.like(map.findEntry(line, lines[line]?.indexOf('throw') ?? 0), { originalSource: 'a.ts', originalLine: 3 });
});

test('a link is followed, and a change of it is a change', async (t) => {
  const folder = given({ 'real/a.js': 'const D = () => {}; @D class A {}\nexport default A;' });
  symlinkSync('real/a.js', `${folder}/a.js`);
  const { entry, inputs } = await compiled(`${folder}/a.js`);
  t.is(entry, `${folder}/real/a.js`);
  t.deepEqual(inputs, [`${folder}/a.js`, `${folder}/real/a.js`]);
});

const wrong: readonly [what: string, files: Readonly<Record<string, string>>, message: RegExp][] = [
  ['a syntax error', { 'a.ts': 'export const a = 1;\nclass {{{' }, /\/a\.ts:2:7: Expected identifier but found "\{"$/],
  ['in a file that is imported', { 'a.ts': "import './b.js';", 'b.ts': '\n\n  let = ;' }, /\/b\.ts:3:\d: /],
  ['a file that is missing', { 'a.ts': "import './gone.js';" }, /\/a\.ts:1:8: Could not resolve "\.\/gone\.js"/],
  [
    'what gantry has not',
    { 'a.ts': "import { Nope } from 'gantry';\nexport default Nope;" },
    /\/a\.ts:1:10: 'gantry' has no member 'Nope'$/,
  ],
  [
    'another interface, first of all',
    { 'a.ts': "import { Nope } from 'gantry';\nexport default Nope({ api: 7 });" },
    /a\.ts is written for plugin interface 7, and this engine has 1$/,
  ],
];
for (const [what, files, message] of wrong) {
  test(`wrong: ${what}`, async (t) => {
    const folder = given(files);
    const inputs: string[] = [];
    await t.throwsAsync(
      compile(`${folder}/a.ts`, NAMES, (path) => inputs.push(path)),
      { message },
    );
    if (files['b.ts']) t.true(inputs.includes(`${folder}/b.ts`), 'what is wrong is watched, too');
  });
}

const packages: readonly [what: string, json: string, message: RegExp][] = [
  ['no JSON', '{', /package\.json is no JSON/],
  ['null', 'null', /index\.ts, which .*package\.json names, cannot be found/],
  ['an entry that is missing', '{ "main": "gone.ts" }', /gone\.ts, which .*package\.json names, cannot be found/],
];
for (const [what, json, message] of packages) {
  test(`a package.json with ${what}`, async (t) => {
    const folder = given({ 'p/package.json': json });
    await t.throwsAsync(compiled(`${folder}/p`), { message });
  });
}
