import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, MS_BIND, mount, ownIdentity, type ProcessIdentity } from '../../../host/index.js';
import { controlGroupsOf, killMembers, removeControlGroups } from '../cgroups/index.js';
import type { Bundle } from './bundle.js';

/** Of the names of such a program's group, and of its folder in the bundle. */
export const EXEC_PREFIX = 'exec-';

/**
 * A control group for one program that is run in a container beside its own, below the container's group: so that the
 * program and its children are found when the process that waits for them dies. With version 1 it is in the hierarchy of
 * the freezer alone: limits stay those of the container's group.
 */
export interface ExecGroup {
  /** As the functions of `container-groups.ts` take it. */
  readonly name: string;
  readonly folder: string;
  /** The runtime's options of `exec`: with version 2 it puts the program into the group by itself. */
  readonly options: readonly string[];
  /** Call it in the private mount namespace in which the runtime is spawned. */
  enter(): void;
  remove(): void;
}

/** Undefined where the host, or the container itself, allows no such group. */
export function makeExecGroup(id: string, name: string): ExecGroup | undefined {
  const folders = controlGroupsOf(id);
  const freezer = folders.find((folder) => existsIn(folder, 'freezer.state'));
  const parent = freezer ?? folders.find(holdsPrograms);
  if (parent === undefined) return undefined;
  const folder = `${parent}/${name}`;
  const group = `${id}/${name}`;
  mkdirSync(folder);
  return {
    name: group,
    folder,
    options: freezer ? [] : ['--cgroup', name],
    // The runtime would want the group in each hierarchy: it writes to that of its container, and so to this one.
    enter: () => freezer && mount(folder, parent, null, MS_BIND, null),
    remove: () => removeControlGroups(group),
  };
}

/** The folder of a program that is run beside the container's own says which engine waits for it. */
const OWNER_FILE = 'owner.json';

export function writeOwner(folder: string): void {
  writeFileSync(join(folder, OWNER_FILE), JSON.stringify(ownIdentity()), { mode: 0o600 });
}

/** Kills the programs of a run whose engine has died, and whose monitor has not done so. Others of the run stay. */
export async function killAbandonedExecs(id: string, bundle: Bundle): Promise<void> {
  for (const name of readdirSync(bundle.path).filter((entry) => entry.startsWith(EXEC_PREFIX))) {
    const folder = join(bundle.path, name);
    const owner = ownerIn(folder);
    if (owner && isAlive(owner)) continue;
    await killMembers(`${id}/${name}`);
    removeControlGroups(`${id}/${name}`);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Undefined where its engine died before it had written all of it. */
function ownerIn(folder: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')) as ProcessIdentity;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of version 2. Below a threaded group there are none for processes. */
function holdsPrograms(folder: string): boolean {
  return existsIn(folder, 'cgroup.freeze') && readFileSync(`${folder}/cgroup.type`, 'latin1') === 'domain\n';
}

function existsIn(folder: string, name: string): boolean {
  return statSync(`${folder}/${name}`, { throwIfNoEntry: false }) !== undefined;
}
