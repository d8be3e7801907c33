import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { MS_BIND, MS_REC, mount } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { descriptorPath, lookInRoot } from '../../../sysinit/in-root.js';
import type { Volumes } from '../../volume/index.js';
import type { MountRequest } from '../contracts/index.js';
import type { SpecMount } from '../oci/index.js';

/** Resolves the source of a mount. As in Docker, a missing folder of the host is created. */
export function sourceOf(request: MountRequest, volumes: Volumes): SpecMount {
  const { target: destination, readOnly, propagation, recursion } = request;
  const how = { destination, readOnly, ...(propagation && { propagation }), ...(recursion && { recursion }) };
  if (request.type === 'volume') return { source: volumes.ensure(request.source).path, ...how };
  if (request.mustExist && !existsSync(request.source)) {
    throw new GantryError('invalid', `bind source path does not exist: ${request.source}`);
  }
  try {
    mkdirSync(request.source, { recursive: true });
  } catch (cause) {
    if (!statSync(request.source, { throwIfNoEntry: false })) {
      throw new GantryError('invalid', `error while creating mount source path '${request.source}'`, { cause });
    }
  }
  if (propagation?.includes('shared')) refuseUnshared(request.source);
  return { source: request.source, ...how };
}

/** Whether the image's files at its destination are copied into an empty volume. */
export function isFilled(request: MountRequest | undefined): boolean {
  return request?.type === 'volume' && !request.noCopy && request.subpath === undefined;
}

/**
 * The part of a volume that is to be mounted, itself mounted in the bundle: so a program that has the volume, too, and puts a
 * link in its place, leads the runtime nowhere else. Call it in the private mount namespace.
 * @param point where it is mounted: nothing is there yet
 * @throws GantryError `not found`
 */
export function withSubpath(volume: SpecMount, request: MountRequest | undefined, point: string): SpecMount {
  const subpath = request?.subpath;
  if (subpath === undefined) return volume;
  const mounted = lookInRoot(volume.source, subpath, (descriptor, stats) => {
    mkdirSync(stats.isDirectory() ? point : dirname(point), { recursive: true, mode: 0o700 });
    if (!stats.isDirectory()) writeFileSync(point, '');
    mount(descriptorPath(descriptor), point, null, MS_BIND | MS_REC, null);
    return { ...volume, source: point };
  });
  if (mounted) return mounted;
  const name = basename(dirname(volume.source));
  throw new GantryError('not found', `cannot access subpath '${subpath}' of volume ${name}: no such file or directory`);
}

/**
 * @throws GantryError `invalid`, in Docker's words, where what the host mounts does not get to others; `unavailable` where it does:
 * what a container mounts stays in it
 */
function refuseUnshared(source: string): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').flatMap(mountPoint);
  const around = mounts.filter(({ path }) => path === '/' || source === path || source.startsWith(`${path}/`));
  const nearest = around.reduce((longest, one) => (one.path.length >= longest.path.length ? one : longest));
  if (nearest.isShared) {
    throw new GantryError(
      'unavailable',
      `path ${source} cannot be mounted as shared: mounts of containers stay in them`,
      {
        hint: 'With rslave the container sees the mounts of the host',
      },
    );
  }
  throw new GantryError('invalid', `path ${source} is mounted on ${nearest.path} but it is not a shared mount`);
}

/** A line of proc(5): the fifth field is the mount point, and optional ones follow the sixth. */
function mountPoint(line: string): { readonly path: string; readonly isShared: boolean }[] {
  const [before = ''] = line.split(' - ');
  const [, , , , path, , ...optional] = before.split(' ');
  return path === undefined ? [] : [{ path, isShared: optional.some((field) => field.startsWith('shared:')) }];
}
