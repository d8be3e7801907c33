/**
 * Bundles a client's program into one file, and lists what it imports when that is needed:
 * node dist/scripts/client-bundle.js ENTRY OUTFILE. Node spends half a millisecond on each file that it opens, and as much on
 * the loader of ES modules. What is imported late lies beside the bundle, under the base name of its file: these paths are printed.
 */
import { basename, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const [entry = '', outfile = ''] = process.argv.slice(2);
/** By the path that the bundle imports it by. */
const late = new Map<string, string>();

const importedLate: Plugin = {
  name: 'imported late',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const flat = `./${basename(path)}`;
      late.set(flat, relative('', resolve(resolveDir, path)));
      return { path: flat, external: true };
    });
  },
};

const { metafile } = await build({
  metafile: true,
  entryPoints: [entry],
  outfile,
  bundle: true,
  minify: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
  plugins: [importedLate],
});
// Of modules that the bundle leaves out, nothing is imported late either.
const imported = Object.values(metafile.outputs).flatMap((output) =>
  output.imports.map(({ path }) => late.get(path) ?? []),
);
process.stdout.write(`${imported.flat().sort().join('\n')}\n`);
