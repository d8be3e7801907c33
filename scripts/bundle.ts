/**
 * Bundles the programs of Gantry into a folder:  node dist/scripts/bundle.js FOLDER ENTRY...
 * - `main.cjs`, what bin/docker runs, with all that a call to a daemon takes; and what it imports late, the daemon among it.
 *   These are CommonJS: Node spends half a millisecond on each file that it opens, and as much on the loader of ES modules.
 * - The other entries under their base names, and `plugin-main.js`, which runs a third-party plugin, and is read from standard
 *   input.
 * Each is one file with all that it takes but for native code, and makes each of its modules when that is imported.
 */
import { basename, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { withoutDoors } from './doors.js';

const [folder = '', ...entries] = process.argv.slice(2);

/** They find programs and libraries of theirs by their own paths. */
const NATIVE = ['esbuild', 'koffi', 'node-pty', 'typescript'];

const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
  external: NATIVE,
  sourcemap: true,
  plugins: [withoutDoors],
};

const MODULE: BuildOptions = { ...COMMON, format: 'esm' };

const COMMON_JS: BuildOptions = {
  ...COMMON,
  format: 'cjs',
  supported: { 'dynamic-import': false },
};

/** Files that the client imports late, by the path in the bundle. */
const late = new Map<string, string>();

const importedLate: Plugin = {
  name: 'imported late',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const program = `./${basename(path, '.js')}.cjs`;
      late.set(program, relative('', resolve(resolveDir, path)));
      return { path: program, external: true };
    });
  },
};

await build({
  ...COMMON_JS,
  entryPoints: ['dist/src/main.js'],
  outfile: join(folder, 'main.cjs'),
  minify: true,
  plugins: [importedLate, withoutDoors],
});

await Promise.all([
  build({
    ...COMMON_JS,
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
    entryPoints: [...late.values()],
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    outdir: folder,
  }),
  build({ ...MODULE, entryPoints: entries, entryNames: '[name]', outdir: folder }),
  build({
    ...MODULE,
    entryPoints: ['dist/src/kernel/third-party/guest/plugin-main.js'],
    outfile: join(folder, 'plugin-main.js'),
    minify: true,
    sourcemap: false,
  }),
]);
