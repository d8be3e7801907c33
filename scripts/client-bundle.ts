/**
 * Bundles a client's program into one file, and lists what it imports when that is needed:
 * node dist/scripts/client-bundle.js ENTRY OUTFILE. Node spends half a millisecond on each file that it opens, and as much on
 * the loader of ES modules. What is imported late lies beside the bundle, under the base name of its file: these paths are printed.
 */
import { basename, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const [entry = '', outfile = ''] = process.argv.slice(2);
const late = new Set<string>();

const importedLate: Plugin = {
  name: 'imported late',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      late.add(relative('', resolve(resolveDir, path)));
      return { path: `./${basename(path)}`, external: true };
    });
  },
};

await build({
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
process.stdout.write(`${[...late].sort().join('\n')}\n`);
