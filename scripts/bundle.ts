/**
 * Bundles the programs of Gantry into a folder:  node dist/scripts/bundle.js FOLDER ENTRY...
 * - `main.cjs`, what bin/docker runs: one file with all that a call to a daemon takes, for Node spends half a millisecond on each
 *   file that it opens, and as much on the loader of ES modules.
 * - Files that it imports late, and the other entries, under their base names, with shared chunks.
 * - `plugin-main.js`, which runs a third-party plugin: one file with everything, since it is read from standard input.
 */
import { basename, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { withoutDoors } from './doors.js';

const [folder = '', ...entries] = process.argv.slice(2);

const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
};

const SHARED: BuildOptions = { ...COMMON, packages: 'external', sourcemap: true };

/** Files that the client imports late, by the path in the bundle. */
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
  ...SHARED,
  entryPoints: ['dist/src/main.js'],
  outfile: join(folder, 'main.cjs'),
  minify: true,
  format: 'cjs',
  metafile: true,
  plugins: [importedLate, withoutDoors],
});
const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);

await Promise.all([
  build({
    ...SHARED,
    entryPoints: [...imports.flatMap(({ path }) => late.get(path) ?? []), ...entries],
    entryNames: '[name]',
    outdir: folder,
    format: 'esm',
    splitting: true,
    plugins: [withoutDoors],
  }),
  build({
    ...COMMON,
    entryPoints: ['dist/src/kernel/third-party/guest/plugin-main.js'],
    outfile: join(folder, 'plugin-main.js'),
    minify: true,
    format: 'esm',
    plugins: [withoutDoors],
  }),
]);
