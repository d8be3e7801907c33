import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';

/** A program can be such that its types take for ever. */
const PATIENCE_MS = 10_000;

/** How plugins are compiled; no tsconfig of theirs is read. */
const FLAGS =
  '--ignoreConfig --strict --skipLibCheck --experimentalDecorators --target esnext --module nodenext --lib esnext ' +
  '--moduleDetection force --allowImportingTsExtensions --pretty false';

/**
 * Runs the TypeScript compiler that comes with the engine.
 * @returns what it says; undefined where it is not installed, or does not end
 */
export async function tsc(args: readonly string[], patience = PATIENCE_MS): Promise<string | undefined> {
  const program = compiler();
  if (program === undefined) return undefined;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const words = [...FLAGS.split(' '), ...args];
  // Go would take all processors there are.
  const options = { cwd: '/', timeout: patience, maxBuffer: 8 << 20, env: { GOMAXPROCS: '1' } };
  const { pid } = execFile(program, words, options, (error, stdout) => {
    // It ends with 1 or 2 where it finds something wrong.
    resolve(error && typeof error.code !== 'number' ? undefined : stdout);
  });
  if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  return promise;
}

/** The native program itself: Node in between would take twice the time. */
function compiler(): string | undefined {
  try {
    const { resolve } = createRequire(import.meta.url);
    const found = resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
    return join(dirname(found), 'lib/tsc');
  } catch {
    return undefined;
  }
}
