import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { BuildFailure, BuildOptions, Message, Plugin } from 'esbuild';
import { GantryError } from '../../contracts/index.js';
import { GUEST_API } from '../api/index.js';
import { demandTrusted } from './trusted-files.js';

/** A plugin's code, ready to run: one ES module, with its source map, and all that it imports but Node's own modules. */
interface Compiled {
  readonly code: string;
  /** Of the code: identifies the version. */
  readonly hash: string;
  /** The file that the default export is in. */
  readonly entry: string;
}

/**
 * Compiles a plugin's file or package. No tsconfig, no build step: decorators are TypeScript's own, in .js as well.
 * @param names what `gantry` exports @param onInput told each file before it is read, also where something is wrong
 * @throws GantryError `invalid` with file, line and what is wrong there; `denied` for a file that others can write
 */
export async function compile(
  source: string,
  names: readonly string[],
  onInput: (path: string) => void,
): Promise<Compiled> {
  onInput(source);
  demandTrusted(source);
  const entry = entryOf(source, onInput);
  onInput(entry);
  demandTrusted(entry);
  const esbuild = await startCompiler();
  try {
    const result = await esbuild.build({
      ...OPTIONS,
      entryPoints: [entry],
      // Paths in the source map are relative to this folder, and the module's URL is in it.
      outdir: dirname(entry),
      plugins: [gantryModule(names), files(entry, onInput)],
    });
    const [output] = result.outputFiles ?? [];
    if (!output) throw new Error('esbuild gave no output');
    return { code: output.text, hash: createHash('sha256').update(output.contents).digest('hex'), entry };
  } catch (error) {
    throw explained(error, entry);
  } finally {
    leaveCompiler();
  }
}

let compiling = 0;
let leaving: NodeJS.Timeout | undefined;

/** esbuild works in a process of its own, which is kept for a while. */
async function startCompiler(): Promise<typeof import('esbuild')> {
  compiling++;
  clearTimeout(leaving);
  return import('esbuild');
}

function leaveCompiler(): void {
  if (--compiling > 0) return;
  leaving = setTimeout(
    () => void import('esbuild').then(({ stop }) => (compiling === 0 ? stop() : undefined)),
    IDLE_MS,
  );
  leaving.unref();
}

const IDLE_MS = 5000;

/** How plugins and their tests are compiled. */
export const OPTIONS = {
  absWorkingDir: '/',
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: 'inline',
  sourcesContent: false,
  keepNames: true,
  logLevel: 'silent',
  tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } },
} as const satisfies BuildOptions;

/** The real path, as esbuild names it. @throws GantryError `invalid`, `not found` */
function entryOf(source: string, onInput: (path: string) => void): string {
  if (!statSync(source).isDirectory()) return realpathSync(source);
  const packageFile = join(source, 'package.json');
  onInput(packageFile);
  demandTrusted(packageFile);
  const { main, exports } = packageOf(packageFile);
  const named = typeof exports === 'string' ? exports : typeof main === 'string' ? main : 'index.ts';
  const entry = join(source, named);
  try {
    return realpathSync(entry);
  } catch (error) {
    throw new GantryError('not found', `${entry}, which ${packageFile} names, cannot be found`, { cause: error });
  }
}

function packageOf(path: string): { readonly main?: unknown; readonly exports?: unknown } {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as object | null) ?? {};
  } catch (error) {
    throw new GantryError('invalid', `${path} is no JSON: ${(error as Error).message}`);
  }
}

/** `gantry` is no package: the plugin's process provides its exports. */
export function gantryModule(names: readonly string[], name = 'gantry'): Plugin {
  const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ lend('${name}');`);
  const contents = [`const lend = globalThis[Symbol.for('gantry')];`, ...exported].join('\n');
  return {
    name,
    setup({ onLoad, onResolve }) {
      const resolved = { path: name, namespace: name, sideEffects: false };
      onResolve({ filter: new RegExp(`^${name}$`) }, () => resolved);
      onLoad({ filter: /.*/, namespace: name }, () => ({ contents, loader: 'js' }));
    },
  };
}

/** Each file is noted and checked before it is read. */
function files(entry: string, onInput: (path: string) => void): Plugin {
  return {
    name: 'files',
    setup({ onLoad }) {
      onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
        onInput(path);
        demandTrusted(path);
        return asTypeScript(path, entry);
      });
    },
  };
}

/** A plugin, or a test of one, in JavaScript may decorate parameters, too, which only TypeScript can. */
export function ownFile(entry: string): Plugin {
  return {
    name: 'own file',
    setup: ({ onLoad }) => onLoad({ filter: /\.m?js$/ }, ({ path }) => asTypeScript(path, entry)),
  };
}

function asTypeScript(path: string, entry: string): { contents: string; loader: 'ts' } | undefined {
  return path === entry && /\.m?js$/.test(path) ? { contents: readFileSync(path, 'utf8'), loader: 'ts' } : undefined;
}

/** An error of esbuild as one line with file and line. Another plugin interface than this engine's explains a missing name. */
export function explained(error: unknown, entry: string): unknown {
  const [first] = (error as Partial<BuildFailure>)?.errors ?? [];
  if (!first || first.detail instanceof GantryError) return first?.detail ?? error;
  const api = declaredApi(entry);
  if (api !== undefined && api !== GUEST_API) {
    return new GantryError(
      'invalid',
      `${entry} is written for plugin interface ${api}, and this engine has ${GUEST_API}`,
    );
  }
  return new GantryError('invalid', `${place(first)}: ${words(first)}`);
}

function place({ location }: Message): string {
  if (!location) return 'plugin';
  return `${join('/', location.file)}:${location.line}:${location.column + 1}`;
}

function words({ text }: Message): string {
  const missing = missingMember(text);
  return missing === undefined ? text : `'gantry' has no member '${missing}'`;
}

/** The name that something wants to import of `gantry`, where that is what an error is about. */
export function missingMember(text: string): string | undefined {
  return /^No matching export in "gantry:gantry" for import "(.*)"/.exec(text)?.[1];
}

function declaredApi(entry: string): number | undefined {
  if (extname(entry) === '') return undefined;
  try {
    const [, api] = /\bapi\s*:\s*(\d+)/.exec(readFileSync(entry, 'utf8')) ?? [];
    return api === undefined ? undefined : Number(api);
  } catch {
    return undefined;
  }
}
