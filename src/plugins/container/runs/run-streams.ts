import { Bundle, openForWriting, StdinPipe } from '../host/index.js';
import { logLimits, OutputPump } from '../logs/index.js';
import type { StoredContainer } from '../records/index.js';
import type { RunDependencies } from './dependencies.js';

/** Opens the pump from the pipes of a run to the container's log. */
export function openOutputPump(
  { files, log }: RunDependencies,
  { id, config }: StoredContainer,
  { stdout, stderr }: Bundle,
): OutputPump {
  const failed = (error: unknown): void => log.warn(`container ${id}: output: ${String(error)}`);
  return new OutputPump(files.pathsOf(id).log, config.tty ? { stdout } : { stdout, stderr }, logLimits(config), failed);
}

/** An adopted run has its input only where that outlives clients. */
export function reopenStdin({ config }: StoredContainer, bundle: Bundle): StdinPipe | undefined {
  if (!config.openStdin || (config.stdinOnce && !config.tty)) return undefined;
  try {
    return new StdinPipe(openForWriting(bundle.stdin).fd, false);
  } catch (error) {
    // It has ended in between.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}
