import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnProgram } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import type { RootFilesystem } from '../../image/index.js';
import { inPrivateNamespaces } from '../host/index.js';

/** The host's own, by its absolute path: never a program of an image. */
const COPY_PROGRAM = '/bin/cp';

/** A volume mounted in a container. */
interface VolumeMount {
  /** Its folder on the host. */
  readonly source: string;
  readonly destination: string;
}

/**
 * Copies the image's files at their destinations into empty volumes, as Docker does. The root is mounted for the
 * copying processes alone, and no process writes to it before the container starts.
 * @param mountPoint an empty folder
 * @throws GantryError `unavailable`
 */
export async function copyUpVolumes(
  volumes: readonly VolumeMount[],
  rootFilesystem: RootFilesystem,
  mountPoint: string,
): Promise<void> {
  const empty = volumes.filter(({ source }) => readdirSync(source).length === 0);
  if (empty.length === 0) return;
  const copiers = inPrivateNamespaces({ network: false }, () => {
    rootFilesystem.mount(mountPoint);
    const tree = new ContainerTree(mountPoint, []);
    return empty.flatMap((volume) => startCopy(tree, volume));
  });
  await Promise.all(copiers.map(finished));
}

function startCopy(tree: ContainerTree, { source, destination }: VolumeMount): ChildProcess[] {
  const { path, missing, stats } = tree.resolve(destination);
  if (missing.length > 0 || !stats.isDirectory()) return [];
  return [spawnProgram(COPY_PROGRAM, ['-a', '--', `${join(tree.root, path)}/.`, source], { env: {}, stdio: 'ignore' })];
}

async function finished(copier: ChildProcess): Promise<void> {
  const [status] = await once(copier, 'close');
  if (status !== 0) throw new GantryError('unavailable', 'A volume could not be given what the image has at its place');
}
