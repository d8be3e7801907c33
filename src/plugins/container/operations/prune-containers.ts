import { folderSize } from '../../../host/index.js';
import { type Filters, meets, meetsLabels } from '../../../kernel/index.js';
import { parseTimeFlag } from '../../system/index.js';
import { type Caller, type Container, isActive, type Runtime } from '../contracts/index.js';
import { shortId } from '../records/index.js';

/** Filters of the prune commands. */
export const PRUNE_FILTERS = ['label', 'until'];

/** Containers that neither run nor are about to. */
export function stoppedContainers(runtime: Pick<Runtime, 'list'>, filters: Filters): Container[] {
  return runtime
    .list()
    .filter((container) => !isActive(container) && !container.restartAt)
    .filter(({ created }) =>
      meets(filters, 'until', (moment) => created.getTime() < parseTimeFlag(moment, '--filter until')),
    )
    .filter(({ config }) => meetsLabels(filters, config.process.Labels ?? {}));
}

/** Removes them. @returns the bytes that their layers took */
export async function removeContainers(
  runtime: Pick<Runtime, 'remove' | 'upperDir'>,
  containers: readonly Container[],
  options: { readonly volumes: boolean } & Caller,
): Promise<number> {
  let reclaimed = 0;
  for (const { id } of containers) {
    reclaimed += await folderSize(runtime.upperDir(id));
    await runtime.remove(id, { ...options, force: false });
  }
  return reclaimed;
}

export function containerLines(containers: readonly Container[]): string[] {
  return containers.map(({ id, name }) => `container ${name} (${shortId(id)})`);
}

/** `Deleted Containers:` and a line each; empty where nothing was deleted. */
export function deletedText(kind: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `Deleted ${kind}:\n${names.map((name) => `${name}\n`).join('')}\n`;
}
