import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import * as surface from '../../../../src/kernel/third-party/api/surface.js';
import { builtinPlugins } from '../../../../src/plugins/index.js';
import { PROJECT } from '../../../support/engine.js';

const TYPES = join(PROJECT, 'dist/gantry.d.ts');
const declared = readFileSync(TYPES, 'utf8');

const TSC = join(PROJECT, 'node_modules/typescript/bin/tsc');
const FLAGS =
  '--ignoreConfig --noEmit --strict --experimentalDecorators --target esnext --module nodenext --lib esnext';

/** What the compiler says of a text with the types: errors, by line. */
function compile(text: string, ...flags: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-types-'));
  try {
    writeFileSync(join(folder, 'it.ts'), text);
    execFileSync(process.execPath, [TSC, ...FLAGS.split(' '), ...flags, TYPES, 'it.ts'], { cwd: folder });
    return '';
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout ?? error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('everything that a plugin can import at run time has its type, and nothing internal has', (t) => {
  const open = builtinPlugins.flatMap(({ provides = [] }) => provides).filter((provider) => provider.open);
  for (const name of [...Object.keys(surface), ...open.map(({ token }) => token.label)]) {
    t.regex(declared, new RegExp(`^  export (const|function|class) ${name}\\b`, 'm'), name);
  }
  t.notRegex(declared, /@internal|commandMetadata|\bfrom '\.|import\("\./);
});

test('docstrings come along', (t) => {
  t.regex(declared, /\/\*\* The newest first; those that run, or all\. \*\/\n\s+list\(/);
});

const PLUGIN = `
import { Command, type CommandContext, Containers, Option, plugin } from 'gantry';
@Command({ name: 'x', summary: 'X' })
class X {
  @Option('-a, --all', 'All')
  all = false;
  constructor(@Containers private readonly containers: Containers) {}
  async run({ stdout, stdin, gone, onSignal }: CommandContext): Promise<void> {
    for await (const chunk of stdin) stdout.write(chunk);
    onSignal((name) => stdout.write(name));
    if (gone.aborted) return;
    for (const { name } of await this.containers.list({ all: this.all })) stdout.write(name);
  }
}
export default plugin({ id: 'x', api: 1, commands: [X] });
`;

test('they compile with nothing else, without the types of Node', (t) => {
  t.is(compile(PLUGIN), '');
});

test('without those, streams have what a plugin needs, and no more', (t) => {
  t.regex(
    compile(PLUGIN.replace('stdout.write(name);\n  }', 'stdout.wrte(name);\n  }')),
    /'wrte' does not exist on type 'SomeWritable'/,
  );
});

test('where the types of Node are there, streams are its own', (t) => {
  const roots = join(PROJECT, 'node_modules/@types');
  const text = `${PLUGIN}
import { pipeline } from 'node:stream/promises';
export async function copy({ stdin, stdout }: CommandContext): Promise<void> { await pipeline(stdin, stdout); }`;
  t.is(compile(text, '--types', 'node', '--typeRoots', roots, '--skipLibCheck'), '');
});

test('what does not exist is an error, with the contract that does not have it', (t) => {
  t.regex(
    compile(PLUGIN.replace('.list(', '.lst(')),
    /error TS2551: Property 'lst' does not exist on type 'Containers'/,
  );
});

test('a test of a plugin has its types, too', (t) => {
  const text = `
import { plugin } from 'gantry';
import { engine } from 'gantry/test';
const { docker, containers } = await engine(plugin({ id: 'x', api: 1 }));
export const code: number = (await docker('x')).exitCode + (await containers.list()).length;`;
  t.is(compile(text, '--moduleDetection', 'force', '--module', 'esnext'), '');
});
