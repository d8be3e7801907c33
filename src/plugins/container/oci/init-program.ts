import { accessSync, constants } from 'node:fs';
import { GantryError } from '../../../kernel/index.js';
import type { SpecMount } from './mounts.js';

/** Where containers see it: in /dev, a filesystem of its own, so that no image is changed by it. */
const INIT = '/dev/init';
/** Linked without libraries: an image may have none. Debian: tini. */
const PROGRAMS: readonly string[] = ['/usr/bin/tini-static', '/usr/bin/catatonit', '/usr/libexec/podman/catatonit'];

/** What comes before the program: where the container does not have its processes for itself, tini has to ask for orphans. */
export function initArguments({ source }: SpecMount, hasOwnProcesses: boolean): string[] {
  return [INIT, ...(!hasOwnProcesses && source.includes('tini') ? ['-s'] : []), '--'];
}

/** The small init of `--init`. @throws GantryError `unavailable` where the host has none */
export function initMount(): SpecMount {
  const source = PROGRAMS.find(isExecutable);
  if (source) return { source, destination: INIT, readOnly: true };
  throw new GantryError('unavailable', 'There is no init program for --init', {
    hint: 'Install one: apt-get install tini',
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
