import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { scaffoldFiles, TSCONFIG } from '../../src/plugins/plugin/scaffold.js';
import { blocksOf } from '../docs/blocks.js';
import { PROJECT } from '../support/engine.js';

const TYPES = readFileSync(join(PROJECT, 'dist/gantry.d.ts'), 'utf8');
const TSC = join(PROJECT, 'node_modules/typescript/bin/tsc');

/** What an editor would say in a folder that 'docker plugin new' has made, with the types of Node installed. */
function errorsIn(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-editor-'));
  try {
    const all = { ...files, 'gantry.d.ts': TYPES, 'tsconfig.json': TSCONFIG };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
    const node = ['--types', 'node', '--typeRoots', join(PROJECT, 'node_modules/@types'), '--skipLibCheck'];
    return spawnSync(process.execPath, [TSC, '-p', '.', ...node], { cwd: folder, encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the examples have no errors of types', (t) => {
  const folder = join(PROJECT, 'examples/plugins');
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
  t.is(errorsIn(Object.fromEntries(files)), '');
});

test('nor has a plugin that has just begun', (t) => {
  t.is(errorsIn(Object.fromEntries(scaffoldFiles('greet').map(({ name, content }) => [name, content]))), '');
});

test('nor have the plugins and tests of the tutorial', (t) => {
  const blocks = blocksOf(readFileSync(join(PROJECT, 'docs/plugins.md'), 'utf8'));
  const files = blocks.flatMap((block) => (block.kind === 'file' ? [[block.name, block.text] as const] : []));
  // One has a mistake on purpose, one imports what 'docker plugin types' adds.
  const right = files.filter(([, text]) => !text.includes('.lst(') && !text.includes('plugin, Weather }'));
  t.is(right.length, files.length - 2);
  t.is(errorsIn(Object.fromEntries(right)), '');
});

test('a mistake is seen', (t) => {
  const [plugin] = scaffoldFiles('greet');
  t.regex(
    errorsIn({ 'greet.ts': plugin?.content.replace('stdout.write', 'stdout.wrte') ?? '' }),
    /greet\.ts\(10,12\): error TS2551/,
  );
});
