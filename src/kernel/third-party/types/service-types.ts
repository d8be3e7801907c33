import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../protocol/index.js';
import { ambientModule } from './ambient-module.js';
import { Declarations } from './declarations.js';
import { tsc } from './tsc.js';

/** A plugin that offers services to others. */
interface Offering {
  readonly entry: string;
  readonly manifest: Pick<Manifest, 'id' | 'services'>;
}

/**
 * `declare module 'gantry'` with the services of a plugin: as its own source declares them, if it exports interface and
 * token under the service's name; else by the names of their methods.
 * @param types the file that declares `gantry`
 */
export async function serviceTypes({ entry, manifest }: Offering, types: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-types-'));
  try {
    const inGantry = await namesOf(types);
    const emitted = await emit(entry, types, folder);
    const declared = manifest.services.map(
      (service) => fromSource(service.label, emitted, inGantry) ?? byName(service),
    );
    return `// Services of the plugin '${manifest.id}'\n${declared.join('')}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function namesOf(types: string): Promise<ReadonlySet<string>> {
  const text = await readFile(types, 'utf8');
  return new Set([...text.matchAll(/\b(?:interface|class|type|const|function) (\w+)/g)].map(([, name = '']) => name));
}

/** The plugin's declarations, all in one folder: it may be spread over several, and only its own file is looked at. */
async function emit(entry: string, types: string, folder: string): Promise<string> {
  await tsc([
    '--declaration',
    '--emitDeclarationOnly',
    '--stripInternal',
    '--outDir',
    folder,
    '--rootDir',
    '/',
    types,
    entry,
  ]);
  return join(folder, entry.replace(/\.(m?)[tj]s$/, '.d.$1ts'));
}

/** @returns undefined where it is not exported, or clashes with a name of gantry's */
function fromSource(label: string, file: string, inGantry: ReadonlySet<string>): string | undefined {
  const declarations = new Declarations();
  if (!declarations.exportsOf(file).includes(label)) return undefined;
  try {
    const closure = declarations.closure([{ file, name: label }]);
    const clashes = closure.declared.some(({ name }) => inGantry.has(name));
    const isAlone = closure.declared.length > 0 && [...closure.outside.values()].every((from) => from === 'gantry');
    return isAlone && !clashes ? ambientModule('gantry', closure, new Set([label])) : undefined;
  } catch {
    return undefined;
  }
}

function byName({ label, effects }: Manifest['services'][number]): string {
  const methods = Object.keys(effects).map((method) => `    ${method}(...args: any[]): Promise<any>;\n`);
  return `declare module 'gantry' {\n  export const ${label}: Token<{\n${methods.join('')}  }>;\n}\n`;
}
