import { bootId, endedProcess, signalProcess } from '../../../host/index.js';
import { removeControlGroups } from '../cgroups/index.js';
import type { ExitStatus } from '../contracts/index.js';
import { startHealthChecks } from '../health/index.js';
import { type Bundle, killRun } from '../host/index.js';
import { exitCodeOfFailure, programFailure } from '../oci/index.js';
import type { StoredContainer } from '../records/index.js';
import type { Attempts } from './attempts.js';
import type { ContainerRun } from './container-run.js';
import type { RunDependencies, SupervisorHooks } from './dependencies.js';
import { endWithInit, type RunProcesses } from './end-with-init.js';
import { OomRecorder } from './oom-recorder.js';
import { PendingReleases } from './pending-releases.js';

/** The shell's exit code for an unknown one. */
const UNKNOWN_EXIT_CODE = 255;

interface Hooks extends Pick<SupervisorHooks, 'removeEnded' | 'stopUnhealthy'> {
  /** A run has ended: the next one may be due. */
  ended(): void;
}

/** The runs that this process owns: watches them, records their ends, and releases what they held. */
export class OwnRuns {
  readonly #runs = new Map<string, ContainerRun>();
  readonly oom: OomRecorder;
  readonly releases: PendingReleases;

  constructor(
    private readonly services: RunDependencies,
    private readonly attempts: Attempts,
    private readonly hooks: Hooks,
  ) {
    this.oom = new OomRecorder(services, (id) => this.#runs.has(id));
    this.releases = new PendingReleases(services);
  }

  of(id: string): ContainerRun | undefined {
    return this.#runs.get(id);
  }

  add(id: string, run: ContainerRun): void {
    this.#runs.set(id, run);
  }

  /** Records the exit when no process is left that could write. */
  recordExitAtEnd(container: StoredContainer, run: ContainerRun): void {
    void run.output.finished.then(() => this.recordExit(container, run.bundle));
  }

  endWithInit(id: string, run: ContainerRun, processes: RunProcesses): void {
    void this.attempts.untilDone(id, () => endWithInit(id, run, processes));
  }

  startHealthChecks(id: string, run: ContainerRun): void {
    const { store, control } = this.services;
    run.healthChecker = startHealthChecks(id, run.bundle, {
      store,
      control,
      attempt: (work) => this.attempts.once(id, work),
      stopUnhealthy: () => this.hooks.stopUnhealthy(id),
    });
  }

  /**
   * Records the exit of a run, and releases its resources.
   * @param boot in which it ran
   */
  async recordExit(container: StoredContainer, bundle: Bundle, boot = container.boot): Promise<void> {
    let end: ExitStatus | undefined;
    await this.attempts.untilDone(container.id, async () => {
      // The run was adopted before any process recorded that it was running: it has started before it died.
      const pid = container.status === 'starting' ? bundle.pid() : undefined;
      if (pid !== undefined) this.services.store.setRunning(container, endedProcess(pid));
      if (bundle.exitCode() === undefined) await this.#kill(container.id, bundle, boot);
      end = { ...readExitStatus(bundle, boot), oomKilled: this.oom.hasKilled(container.id, bundle) };
    });
    if (end) await this.#finish(container, bundle, end);
  }

  /** Kills all that belongs to a run. @param boot in which it ran */
  async #kill(id: string, bundle: Bundle, boot: string): Promise<void> {
    // A row that cannot be read keeps no run from its end: its processes are those of its control group.
    const row = this.services.store.active().find((container) => container.id === id);
    for (const process of [row?.init, row?.monitor]) if (process) signalProcess({ ...process, boot }, 'SIGKILL');
    await killRun(id, bundle);
  }

  /** Undoes a failed start; only the reason stays. */
  async undoFailedStart(container: StoredContainer, bundle: Bundle, error: unknown): Promise<void> {
    // The bundle is another's by now, and what runs from it.
    if (!this.services.store.owns(container)) return;
    await this.attempts.untilDone(container.id, () => this.#kill(container.id, bundle, container.boot));
    const message = error instanceof Error ? error.message : String(error);
    await this.#finish(container, bundle, { exitCode: exitCodeOfFailure(error), error: message });
  }

  /**
   * Callers that wait for the end are notified, whatever fails on the way. Where another process has taken the run over,
   * nothing of it is touched.
   */
  async #finish(container: StoredContainer, bundle: Bundle, end: ExitStatus): Promise<void> {
    const { id, config } = container;
    const { database, store, network } = this.services;
    const run = this.#runs.get(id);
    let isOwner = true;
    // Where it fails, `PendingReleases` finds what is still held.
    await this.attempts.once(id, async () => {
      if (!store.owns(container)) return;
      // The runtime leaves groups that the container has made below its own, as systemd does. Before the next run.
      removeControlGroups(id, false);
      await network.release(id);
    });
    const record = async (): Promise<void> => {
      isOwner = await database.patiently(() => store.setEnded(container, end, run?.ranMs));
    };
    // The bundle holds the exit code until the database does: on a full disk that takes a while.
    if (!(await this.attempts.untilDone(id, record))) return;
    this.#runs.delete(id);
    this.oom.end(id);
    run?.healthChecker?.stop();
    const release = async (): Promise<void> => store.whileEnded(container, () => bundle.release());
    if (isOwner) await this.releases.attempt(`container ${id}: run folder`, release);
    if (isOwner && config.autoRemove) await this.removeEnded(container);
    run?.end(end);
    this.hooks.ended();
  }

  removeEnded(container: StoredContainer): Promise<void> {
    return this.releases.attempt(`container ${container.id}: removal`, () => this.hooks.removeEnded(container));
  }

  /** Leaves them to the next engine. */
  stop(): void {
    for (const run of this.#runs.values()) run.healthChecker?.stop();
    this.oom.stop();
  }
}

/** Reads the exit status of a run from the files of its monitor. */
function readExitStatus(bundle: Bundle, boot: string): ExitStatus {
  const exitCode = bundle.exitCode();
  const failure = bundle.failure();
  const error = failure === undefined ? undefined : programFailure(failure);
  // The runtime may also log errors that came after the program's own end.
  const hasRun = bundle.pid() !== undefined && exitCode !== undefined && error?.kind === 'unavailable';
  if (error && !hasRun) return { exitCode: exitCodeOfFailure(error), error: error.message };
  if (exitCode !== undefined) return { exitCode, error: '' };
  if (boot !== bootId()) return { exitCode: UNKNOWN_EXIT_CODE, error: 'the machine was restarted while it ran' };
  const reason = bundle.pid()
    ? 'its monitor was killed, so that its exit code is not known'
    : 'the engine was killed while it was starting';
  return { exitCode: UNKNOWN_EXIT_CODE, error: reason };
}
