import { folderSize } from '../../../host/index.js';
import { type Filters, meetsPruneFilters, type Prunable, shortId } from '../../../kernel/index.js';
import { type Caller, type Container, isActive, type Runtime } from '../contracts/index.js';

/** Containers that neither run nor are about to. */
export function stoppedContainers(runtime: Pick<Runtime, 'list'>, filters: Filters): Container[] {
  return runtime
    .list()
    .filter((container) => !isActive(container) && !container.restartAt)
    .filter(({ created, config }) => meetsPruneFilters(filters, { created, labels: config.process.Labels ?? {} }));
}

/**
 * What `undo` could bring back takes room until it is deleted, and is not counted before.
 * @param options `volumes`: whether their anonymous volumes are removed, too
 */
export function prunableContainers(
  runtime: Pick<Runtime, 'remove' | 'upperDir' | 'removedBytes'>,
  containers: readonly Container[],
  options: { readonly volumes: boolean } & Caller,
): Prunable {
  return {
    heading: 'Containers',
    asked: containers.map(({ id, name }) => `container ${name} (${shortId(id)})`),
    deleted: containers.map(({ id }) => id),
    remove: async () => {
      const before = await runtime.removedBytes();
      let taken = 0;
      for (const { id } of containers) {
        taken += await folderSize(runtime.upperDir(id));
        await runtime.remove(id, { ...options, force: false });
      }
      return Math.max(0, taken + before - (await runtime.removedBytes()));
    },
  };
}
