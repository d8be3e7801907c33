/** Writes dist/gantry.d.ts: what `import ... from 'gantry'` and `from 'gantry/test'` give, in one file without imports. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ambientModule } from '../../src/kernel/third-party/types/ambient-module.js';
import { Declarations } from '../../src/kernel/third-party/types/declarations.js';
import { NODE_TYPES, withoutNode } from './node-types.js';

const SURFACE = 'kernel/third-party/api/surface';
const SERVICES = ['plugins/container/contracts/api', 'plugins/image/contracts/api'];
const TEST = 'engine/plugin-testing';

interface Wanted {
  readonly file: string;
  readonly name: string;
}

const HEAD =
  "// What plugins of Gantry may import. Made from the engine's own sources; 'docker plugin types' prints it.\n";

const declarations = new Declarations();
const emitted = mkdtempSync(join(tmpdir(), 'gantry-types-'));
try {
  emit([SURFACE, ...SERVICES, TEST]);
  writeFileSync('dist/gantry.d.ts', `${HEAD}\n${gantry()}\n${gantryTest()}`);
} finally {
  rmSync(emitted, { recursive: true });
}

function emit(files: readonly string[]): void {
  const flags = '--declaration --emitDeclarationOnly --stripInternal --incremental false --rootDir src';
  const paths = files.map((file) => `src/${file}.ts`);
  const options = '--ignoreConfig --strict --experimentalDecorators --skipLibCheck --target es2024 --module nodenext';
  const libs = '--lib es2024,esnext.disposable,esnext.iterator --types node';
  const args = `node_modules/typescript/bin/tsc ${flags} ${options} ${libs}`.split(' ');
  execFileSync(process.execPath, [...args, '--outDir', emitted, ...paths], { stdio: 'inherit' });
}

function gantry(): string {
  const wanted = [SURFACE, ...SERVICES].flatMap(namesOf);
  const closure = declarations.closure(wanted);
  return withoutNode(ambientModule('gantry', closure, setOf(wanted), NODE_TYPES), closure);
}

/** What it shares with `gantry` is imported from there. */
function gantryTest(): string {
  const known = setOf([SURFACE, ...SERVICES].flatMap(namesOf));
  const wanted = namesOf(TEST);
  const closure = declarations.closure(wanted, { names: known, from: 'gantry' });
  const imports = `import type { ${[...closure.outside.keys()].sort().join(', ')} } from 'gantry';`;
  return ambientModule('gantry/test', closure, setOf(wanted), imports);
}

function namesOf(file: string): readonly Wanted[] {
  const path = join(emitted, `${file}.d.ts`);
  return declarations.exportsOf(path).map((name) => ({ file: path, name }));
}

function setOf(wanted: readonly Wanted[]): ReadonlySet<string> {
  return new Set(wanted.map(({ name }) => name));
}
