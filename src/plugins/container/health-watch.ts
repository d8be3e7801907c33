import type { Bundle } from './bundle.js';
import type { Health } from './contracts.js';
import { healthCheckOf } from './health-config.js';
import { HealthMonitor } from './health-monitor.js';
import type { RuntimeControl } from './oci-control.js';
import type { ContainerStore } from './store.js';

interface Watch {
  readonly store: Pick<ContainerStore, 'byId' | 'setHealth'>;
  readonly control: Pick<RuntimeControl, 'spawn'>;
  /** Ends the run, for another one to begin. */
  endUnhealthy(): Promise<unknown>;
  /** Does something whose failure is only told. */
  attempt(work: () => Promise<unknown>): Promise<unknown>;
}

/** Begins to look after the health of a run that this process owns; undefined where there is nothing to look after. */
export function watchHealth(id: string, bundle: Bundle, watch: Watch): HealthMonitor | undefined {
  const { store, control, attempt } = watch;
  const container = store.byId(id);
  const check = healthCheckOf(container?.config.process?.Healthcheck);
  const startedAt = container?.startedAt?.getTime();
  if (container?.status !== 'running' || !check || startedAt === undefined) return undefined;
  const monitor = new HealthMonitor(id, bundle, check, control, () => store.byId(id)?.paused ?? false);
  const report = async (found: Health): Promise<void> => {
    await attempt(async () => store.setHealth(id, startedAt, found));
    if (found.status !== 'unhealthy' || !container.config.restartUnhealthy) return;
    monitor.stop();
    void attempt(() => watch.endUnhealthy());
  };
  void attempt(() => monitor.watch(startedAt, container.health, report));
  return monitor;
}
