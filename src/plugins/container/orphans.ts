import { bootId, identify, isAlive, type ProcessIdentity } from '../system/index.js';
import type { Bundle } from './bundle.js';
import type { StoredContainer } from './container-row.js';
import { StdinPipe } from './container-run.js';
import type { RunDependencies } from './dependencies.js';
import { openForWriting } from './named-pipes.js';
import { OutputPump } from './output-pump.js';
import { logLimits } from './rotation.js';

/** From the pipes of a run to the container's log. */
export function openOutput(
  { files, log }: RunDependencies,
  { id, config }: StoredContainer,
  { stdout, stderr }: Bundle,
): OutputPump {
  const failed = (error: unknown): void => log.warn(`container ${id}: output: ${String(error)}`);
  return new OutputPump(files.pathsOf(id).log, config.tty ? { stdout } : { stdout, stderr }, logLimits(config), failed);
}

/** A run that was taken over has its input only where that outlives clients. */
export function reopenStdin({ config }: StoredContainer, bundle: Bundle): StdinPipe | undefined {
  if (!config.openStdin || (config.stdinOnce && !config.tty)) return undefined;
  try {
    return new StdinPipe(openForWriting(bundle.stdin), false);
  } catch (error) {
    // It has ended in between.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}

/** Nothing that was there before a boot lives, whatever has its pid and start time by now. */
export function isAliveInThisBoot({ boot }: StoredContainer, process: ProcessIdentity | undefined): boolean {
  return process !== undefined && boot === bootId() && isAlive(process);
}

export function aliveInit(container: StoredContainer): ProcessIdentity | undefined {
  return isAliveInThisBoot(container, container.init) ? container.init : undefined;
}

/** A monitor that only keeps the output of a run that has ended does not count. */
export function isRunning(container: StoredContainer, bundle: Bundle): boolean {
  const { monitor, init } = container;
  if (bundle.exitCode() !== undefined) return false;
  const pid = bundle.pid();
  return [monitor, init, pid === undefined ? undefined : identify(pid)].some((process) =>
    isAliveInThisBoot(container, process),
  );
}

/** An engine was killed while it had the container stand still, for a commit: it may not have come so far. */
export async function resumeTransientPause(
  { store, control }: Pick<RunDependencies, 'store' | 'control'>,
  container: StoredContainer,
): Promise<void> {
  if (!store.isTransientPause(container.id)) return;
  await control.resume(container.id).catch(() => {});
  store.setPaused(container, false);
}
