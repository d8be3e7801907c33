import type { Health } from '../contracts/index.js';
import type { Bundle } from '../host/index.js';
import type { RuntimeControl } from '../oci/index.js';
import type { ContainerStore } from '../records/index.js';
import { HealthChecker } from './health-checker.js';
import { healthCheckOf } from './health-config.js';

interface HealthDependencies {
  readonly store: Pick<ContainerStore, 'byId' | 'setHealth'>;
  readonly control: Pick<RuntimeControl, 'spawn'>;
  /** Stops the run, so that another one begins. */
  stopUnhealthy(): Promise<unknown>;
  /** Runs work whose failure is only logged. */
  attempt(work: () => Promise<unknown>): Promise<unknown>;
}

/** Starts the health checks of a run that this process owns; undefined where it has none. */
export function startHealthChecks(id: string, bundle: Bundle, watch: HealthDependencies): HealthChecker | undefined {
  const { store, control, attempt } = watch;
  const container = store.byId(id);
  const check = healthCheckOf(container?.config.process?.Healthcheck);
  const startedAt = container?.startedAt?.getTime();
  if (container?.status !== 'running' || !check || startedAt === undefined) return undefined;
  const isPaused = (): boolean => store.byId(id)?.paused ?? false;
  const checker = new HealthChecker({ id, bundle, check, control, isPaused });
  const report = async (found: Health): Promise<void> => {
    await attempt(async () => store.setHealth(id, startedAt, found));
    // Where it cannot be stopped, the checks go on, and the next failure tries it again.
    if (found.status === 'unhealthy' && container.config.restartUnhealthy) await attempt(() => watch.stopUnhealthy());
  };
  void attempt(() => checker.run(startedAt, container.health, report));
  return checker;
}
