import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import type { ExitStatus } from '../contracts/index.js';
import { lastError, numberIn } from '../host/index.js';
import { exitCodeOfFailure, programFailure } from '../oci/index.js';
import { ExecOutput } from './exec-output.js';

export async function waitForExitCode(child: ChildProcess, folder: string, output: ExecOutput): Promise<ExitStatus> {
  const [code] = (await once(child, 'exit')) as [number | null];
  await output.finish();
  try {
    return exitStatusOf(code, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The runtime's last error is the reason only where the runtime did not get as far as to run the program. */
function exitStatusOf(code: number | null, folder: string): ExitStatus {
  const reason = lastError(join(folder, 'runtime.log'));
  if (reason !== undefined && numberIn(join(folder, 'pid')) === undefined) {
    const error = execFailure(reason);
    return { exitCode: exitCodeOfFailure(error), error: error.message };
  }
  // A monitor is killed only when the container ends.
  return { exitCode: code ?? 137, error: '' };
}

export function execFailure(reason: string): GantryError {
  return programFailure(reason, 'Failed to run it in the container');
}
