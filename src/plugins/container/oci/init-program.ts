import { isExecutable } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { SpecMount } from './mounts.js';

/** Path in containers: in /dev, a file system of its own, so that no image is changed by it. */
const INIT = '/dev/init';
/** Statically linked, since an image may have no libraries. Debian: tini. */
const PROGRAMS: readonly string[] = ['/usr/bin/tini-static', '/usr/bin/catatonit', '/usr/libexec/podman/catatonit'];

/** Arguments before the program. In a shared pid namespace tini must ask for orphans (`-s`). */
export function initArguments({ source }: SpecMount, hasOwnProcesses: boolean): string[] {
  return [INIT, ...(!hasOwnProcesses && source.includes('tini') ? ['-s'] : []), '--'];
}

/** Mounts the small init of `--init`. @throws GantryError `unavailable` where the host has none */
export function initMount(): SpecMount {
  const source = PROGRAMS.find(isExecutable);
  if (source) return { source, destination: INIT, readOnly: true };
  throw new GantryError('unavailable', 'There is no init program for --init', {
    hint: 'Install one: apt-get install tini',
  });
}
