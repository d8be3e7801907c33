import { folderSize } from '../../../host/index.js';
import { type Filters, meetsPruneFilters, type Prunable, shortId } from '../../../kernel/index.js';
import { type Container, isActive, type Runtime } from '../contracts/index.js';

/** Containers that neither run nor are about to. */
export function stoppedContainers(runtime: Pick<Runtime, 'list'>, filters: Filters): Container[] {
  return runtime
    .list()
    .filter((container) => !isActive(container) && !container.restartAt)
    .filter(({ created, config }) => meetsPruneFilters(filters, { created, labels: config.process.Labels ?? {} }));
}

/** @param volumes whether their anonymous volumes are removed, too */
export function prunableContainers(
  runtime: Pick<Runtime, 'remove' | 'upperDir'>,
  containers: readonly Container[],
  { volumes }: { readonly volumes: boolean },
): Prunable {
  return {
    heading: 'Containers',
    asked: containers.map(({ id, name }) => `container ${name} (${shortId(id)})`),
    deleted: containers.map(({ id }) => id),
    remove: async () => {
      let reclaimed = 0;
      for (const { id } of containers) {
        reclaimed += await folderSize(runtime.upperDir(id));
        await runtime.remove(id, { force: false, volumes });
      }
      return reclaimed;
    },
  };
}
