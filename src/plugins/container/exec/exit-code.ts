import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import { killMembers } from '../cgroups/index.js';
import type { ExitStatus } from '../contracts/index.js';
import { type ExecGroup, lastError, numberIn } from '../host/index.js';
import { exitCodeOfFailure, programFailure } from '../oci/index.js';
import { ExecOutput } from './exec-output.js';

/** A program whose monitor was killed is killed, too: nobody else knows about it. */
export async function waitForExitCode(
  child: ChildProcess,
  folder: string,
  output: ExecOutput,
  group: ExecGroup | undefined,
): Promise<ExitStatus> {
  const [code] = (await once(child, 'exit')) as [number | null];
  try {
    if (code === null && group) await killMembers(group.name);
    await output.finish();
    return exitStatusOf(code, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    group?.remove();
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
