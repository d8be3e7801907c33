import { folderSize } from '../../../host/index.js';
import { humanSize, shortId, table } from '../../../kernel/index.js';
import {
  createdSince,
  type Graph,
  type Image,
  type ImageRecords,
  layerBytes,
  type TagStore,
} from '../../image/index.js';
import type { Volumes } from '../../volume/index.js';
import type { ContainerFilesystem, ContainerReader } from '../contracts/index.js';
import { psRow } from './ps-row.js';
import { ShownImages } from './shown-images.js';

/** The services that know what takes space on the disk. */
export interface UsageSources {
  readonly runtime: ContainerFilesystem & ContainerReader;
  readonly graph: Pick<Graph, 'get' | 'list'>;
  readonly tags: Pick<TagStore, 'namesOf'>;
  readonly records: Pick<ImageRecords, 'holdersOf' | 'layerSize'>;
  readonly volumes: Volumes;
}

/** What `system df -v` prints: the space that each thing takes, a table for each kind. */
export async function usageTables(sources: UsageSources): Promise<string> {
  const tables = [
    `Images space usage:\n\n${imagesTable(sources)}`,
    `Containers space usage:\n\n${await containersTable(sources)}`,
    `Local Volumes space usage:\n\n${await volumesTable(sources)}`,
    'Build cache usage: 0B\n',
  ];
  return tables.join('\n');
}

function imagesTable({ graph, tags, records }: UsageSources): string {
  const images = graph.list();
  const users = new Map<string, number>();
  for (const layer of images.flatMap(({ diffIds }) => [...new Set(diffIds)])) {
    users.set(layer, (users.get(layer) ?? 0) + 1);
  }
  const cells = (image: Image, name: string): string[] => {
    const unique = layerBytes(
      image.diffIds.filter((layer) => users.get(layer) === 1),
      records,
    );
    const colon = name.lastIndexOf(':');
    return [
      ...[name.slice(0, colon), name.slice(colon + 1), shortId(image.id)],
      createdSince(image.created),
      ...[humanSize(image.size), humanSize(Math.max(0, image.size - unique)), humanSize(unique)],
      String(records.holdersOf(image.id).length),
    ];
  };
  const headers = ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE', 'SHARED SIZE', 'UNIQUE SIZE', 'CONTAINERS'];
  const rows = images.flatMap((image) => {
    const names = tags.namesOf(image.id);
    return (names.length > 0 ? names : ['<none>:<none>']).map((name) => cells(image, name));
  });
  return table(headers, rows);
}

async function containersTable({ runtime, graph }: UsageSources): Promise<string> {
  const images = new ShownImages(graph);
  const rows: string[][] = [];
  for (const container of runtime.list()) {
    const row = psRow(container, { noTrunc: false, image: images.of(container) });
    const size = humanSize(await folderSize(runtime.upperDir(container.id)));
    rows.push([row.ID, row.Image, row.Command, row.LocalVolumes, size, row.RunningFor, row.Status, row.Names]);
  }
  const headers = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'LOCAL VOLUMES', 'SIZE', 'CREATED', 'STATUS', 'NAMES'];
  return table(headers, rows);
}

async function volumesTable({ volumes }: UsageSources): Promise<string> {
  const rows: string[][] = [];
  for (const { name, path } of volumes.list()) {
    rows.push([name, String(volumes.holdersOf(name).length), humanSize(await folderSize(path))]);
  }
  return table(['VOLUME NAME', 'LINKS', 'SIZE'], rows);
}
