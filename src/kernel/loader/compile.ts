import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { BuildFailure, BuildOptions, Message, Plugin } from 'esbuild';
import { GantryError } from '../errors.js';
import { GUEST_API } from '../guest/plugin.js';
import { demandTrusted } from './folders.js';

/** A plugin's code, ready to run: one ES module, with its source map, and all that it imports but Node's own modules. */
export interface Compiled {
  readonly code: string;
  /** Of the code: tells one version from another. */
  readonly hash: string;
  /** Absolute paths of the files that it was made from, the plugin's own first. */
  readonly inputs: readonly string[];
  /** The file that the default export is in. */
  readonly entry: string;
}

/**
 * Compiles a plugin's file or package. No tsconfig, no build step: decorators are TypeScript's own, in .js as well.
 * @param names what `gantry` exports
 * @throws GantryError `invalid` with file, line and what is wrong there; `denied` for a file that others can write
 */
export async function compile(source: string, names: readonly string[]): Promise<Compiled> {
  const entry = entryOf(source);
  demandTrusted(source);
  demandTrusted(entry);
  const { build } = await import('esbuild');
  try {
    const result = await build({
      ...OPTIONS,
      entryPoints: [entry],
      // Paths in the source map are relative to this folder, and the module's URL is in it.
      outdir: dirname(entry),
      plugins: [gantryModule(names), ownFile(entry)],
    });
    const [output] = result.outputFiles ?? [];
    if (!output) throw new Error('esbuild gave no output');
    const inputs = Object.keys(result.metafile?.inputs ?? {}).filter((path) => !path.startsWith('gantry:'));
    const paths = [entry, ...inputs.map((path) => join('/', path))];
    for (const path of paths) demandTrusted(path);
    const hash = createHash('sha256').update(output.contents).digest('hex');
    return { code: output.text, hash, inputs: [...new Set(paths)], entry };
  } catch (error) {
    throw explained(error, entry);
  }
}

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
  metafile: true,
  logLevel: 'silent',
  tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } },
} as const satisfies BuildOptions;

/** @throws GantryError `invalid`, `not found` */
function entryOf(source: string): string {
  try {
    if (!statSync(source).isDirectory()) return source;
    const { main, exports } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Record<string, unknown>;
    const entry = typeof exports === 'string' ? exports : (main ?? 'index.ts');
    return join(source, String(entry));
  } catch (error) {
    if (!(error instanceof SyntaxError))
      throw new GantryError('not found', `${source} cannot be read`, { cause: error });
    throw new GantryError('invalid', `${source}/package.json is no JSON: ${error.message}`);
  }
}

/** `gantry` is no package: the plugin's process lends what it exports. */
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

/** A plugin in JavaScript may decorate parameters, too, which only TypeScript can. */
export function ownFile(entry: string): Plugin {
  return {
    name: 'own file',
    setup({ onLoad }) {
      onLoad({ filter: /\.m?js$/ }, ({ path }) =>
        path === entry ? { contents: readFileSync(path, 'utf8'), loader: 'ts' } : undefined,
      );
    },
  };
}

/** What esbuild says, as one line with its place. Another interface than this engine's explains what is missing. */
export function explained(error: unknown, entry: string): unknown {
  const [first] = (error as Partial<BuildFailure>)?.errors ?? [];
  if (!first) return error;
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
