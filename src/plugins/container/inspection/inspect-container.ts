import { folderSize } from '../../../host/index.js';
import { unlessKind } from '../../../kernel/index.js';
import type { Graph } from '../../image/index.js';
import type { Networks } from '../../network/index.js';
import type { Volumes } from '../../volume/index.js';
import type { ContainerFilesystem, ContainerReader } from '../contracts/index.js';
import { describeContainer } from './describe-container.js';

/** The services that know something of a container. */
export interface ContainerSources {
  readonly runtime: ContainerFilesystem & ContainerReader;
  readonly graph: Pick<Graph, 'get' | 'storage'>;
  readonly volumes: Pick<Volumes, 'get'>;
  readonly networks: Pick<Networks, 'endpoints'>;
}

/**
 * All that is known of a container, as `inspect` prints it.
 * @param size adds the bytes of its own files, and of them with its image's
 * @throws GantryError as `ContainerReader.get`
 */
export async function inspectContainer(
  reference: string,
  { runtime, graph, volumes, networks }: ContainerSources,
  { size }: { readonly size: boolean },
): Promise<object> {
  const container = runtime.get(reference);
  const image = graph.get(container.config.imageId);
  const upper = runtime.upperDir(container.id);
  const own = size ? await folderSize(upper) : undefined;
  return describeContainer(container, {
    upper,
    storage: graph.storage().driver,
    image: image.config,
    endpoints: networks.endpoints({ holder: container.id }),
    size: own === undefined ? undefined : { own, all: own + image.size },
    pathOfVolume: (volume) => unlessKind(['not found', 'invalid'], () => volumes.get(volume).path) ?? '',
  });
}
