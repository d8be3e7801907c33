import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHORT_LIVED_NODE } from '../../host/index.js';
import { GantryError, PluginHost } from '../../kernel/index.js';
import { Config } from '../system/index.js';
import type { PluginWorkbench, TestOutput } from './contracts.js';
import { findTests } from './find-tests.js';
import { refuseExistingFiles, scaffoldFiles, TSCONFIG } from './scaffold.js';

const TESTS = fileURLToPath(new URL('./plugin-test-main.js', import.meta.url));

export class LocalWorkbench implements PluginWorkbench {
  constructor(
    @PluginHost private readonly plugins: PluginHost,
    @Config private readonly config: Config,
  ) {}

  async scaffold(folder: string, id: string): Promise<readonly string[]> {
    this.#refuseInDaemon();
    const files = scaffoldFiles(id);
    const names = files.map(({ name }) => name);
    refuseExistingFiles(folder, names);
    const surroundings = [
      { name: 'gantry.d.ts', content: await this.plugins.types() },
      { name: 'tsconfig.json', content: TSCONFIG },
    ].filter(({ name }) => !existsSync(join(folder, name)));
    const written = [...files, ...surroundings];
    for (const { name, content } of written) await writeFile(join(folder, name), content, { flag: 'wx' });
    return written.map(({ name }) => name);
  }

  async test(folder: string, files: readonly string[], output: TestOutput): Promise<number> {
    this.#refuseInDaemon();
    const missing = files.find((file) => !existsSync(file));
    if (missing !== undefined) throw new GantryError('not found', `there is no file ${missing}`);
    const words = [
      ...SHORT_LIVED_NODE,
      '--enable-source-maps',
      '--test-reporter=spec',
      '--disable-warning=ExperimentalWarning',
      TESTS,
    ];
    const tests = spawn(process.execPath, [...words, ...(files.length > 0 ? files : findTests(folder))], {
      cwd: folder,
      env: { ...process.env, ...(output.color && { FORCE_COLOR: '1' }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: output.gone,
    });
    tests.stdout.pipe(output.stdout, { end: false });
    tests.stderr.pipe(output.stderr, { end: false });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    tests.once('error', reject).once('close', (code) => resolve(code === 0 ? 0 : 1));
    return promise;
  }

  /** A daemon would write and run with its own rights, and not with the caller's. */
  #refuseInDaemon(): void {
    if (!this.config.daemon) return;
    throw new GantryError('unavailable', "this is done in the client's own process, and not by a daemon");
  }
}
