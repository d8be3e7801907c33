import { bootId, identify, isAlive, type ProcessIdentity } from '../system/index.js';
import type { Bundle } from './bundle.js';
import { openForWriting } from './fifo.js';
import { limitsOf } from './log-segments.js';
import { Output } from './output.js';
import { ContainerInput } from './run.js';
import type { StoredContainer } from './stored-container.js';
import type { Engine } from './supervisor-ground.js';

/** From the pipes of a run to the container's log. */
export function outputOf({ files, log }: Engine, { id, config }: StoredContainer, { stdout, stderr }: Bundle): Output {
  const failed = (error: unknown): void => log.warn(`container ${id}: output: ${String(error)}`);
  return new Output(files.of(id).log, config.tty ? { stdout } : { stdout, stderr }, limitsOf(config), failed);
}

/** A run that was taken over has its input only where that outlives clients. */
export function reopenInput({ config }: StoredContainer, bundle: Bundle): ContainerInput | undefined {
  if (!config.openStdin || (config.stdinOnce && !config.tty)) return undefined;
  try {
    return new ContainerInput(openForWriting(bundle.stdin), false);
  } catch (error) {
    // It has ended in between.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}

/** Nothing that was there before a boot lives, whatever has its pid and start time by now. */
export function lives({ boot }: StoredContainer, process: ProcessIdentity | undefined): boolean {
  return process !== undefined && boot === bootId() && isAlive(process);
}

export function livingInit(container: StoredContainer): ProcessIdentity | undefined {
  return lives(container, container.init) ? container.init : undefined;
}

/** A monitor that only keeps the output of a run that has ended does not count. */
export function isRunning(container: StoredContainer, bundle: Bundle): boolean {
  const { monitor, init } = container;
  if (bundle.exitCode() !== undefined) return false;
  const pid = bundle.pid();
  return [monitor, init, pid === undefined ? undefined : identify(pid)].some((process) => lives(container, process));
}

/** An engine was killed while it had the container stand still, for a commit: it may not have come so far. */
export async function thaw(
  { store, control }: Pick<Engine, 'store' | 'control'>,
  container: StoredContainer,
): Promise<void> {
  if (!store.isPassingPause(container.id)) return;
  await control.resume(container.id).catch(() => {});
  store.setPaused(container, false);
}
