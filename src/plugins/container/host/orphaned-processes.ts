import { readdirSync, readFileSync } from 'node:fs';
import { identify, type ProcessIdentity, signalProcess } from '../../../host/index.js';
import { killMembers } from '../cgroups/index.js';
import type { Bundle } from './bundle.js';

/**
 * Kills what is left of a run: all processes of the container's group; and the runtime, which may spin on a closed
 * terminal. The runtime is recognised by its command line.
 * @throws where a process cannot be looked at or signalled
 */
export async function killRun(id: string, bundle: Bundle): Promise<void> {
  await killMembers(id);
  for (const { process } of processesWith(`\0--bundle\0${bundle.path}\0`)) signalProcess(process, 'SIGKILL');
}

/** Releases a run that no row knows. Its program, if it still runs, is killed: its address may be another's by now. */
export async function releaseUnknownRun(id: string, bundle: Bundle): Promise<void> {
  await killRun(id, bundle);
  bundle.release();
}

/** Processes by words of their command line, which stand between zero bytes. @throws where /proc cannot be read */
export function processesWith(words: string): { readonly process: ProcessIdentity; readonly commandLine: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLineOf(name).includes(words))
    .flatMap((name) => {
      const process = identify(Number(name));
      // Asked again: the first answer may have been that of an earlier process with this number.
      const commandLine = commandLineOf(name);
      return process && commandLine.includes(words) ? [{ process, commandLine }] : [];
    });
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
