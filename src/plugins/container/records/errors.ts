import { GantryError } from '../../../kernel/index.js';
import type { Container } from '../contracts/index.js';
import type { StoredContainer } from './container-row.js';

/** Errors of the runtime, in Docker's words, used by a call and by its dry run. */

type Named = Pick<Container, 'id' | 'name'>;

export function nameInUse(name: string, owner: string): GantryError {
  return new GantryError('conflict', `The container name "/${name}" is already in use by container "${owner}"`, {
    hint: 'Remove or rename that container to be able to reuse the name',
  });
}

export function sameName(): GantryError {
  return new GantryError('invalid', 'Renaming a container with the same name as its current name');
}

/** The error of pausing a container; undefined where it can be paused. */
export function pauseError({
  name,
  status,
  paused,
}: Pick<Container, 'name' | 'status' | 'paused'>): GantryError | undefined {
  if (status !== 'running') return new GantryError('conflict', `Container ${name} is not running`);
  return paused ? new GantryError('conflict', `Container ${name} is already paused`) : undefined;
}

export function unpauseError({
  name,
  status,
  paused,
}: Pick<Container, 'name' | 'status' | 'paused'>): GantryError | undefined {
  return status === 'running' && paused ? undefined : new GantryError('conflict', `Container ${name} is not paused`);
}

export function noSuchContainer(reference: string): GantryError {
  return new GantryError('not found', `No such container: ${reference}`);
}

/** A run that this process owned is another's by now. */
export function runTakenOver({ name }: Named): GantryError {
  return new GantryError('unavailable', `another process has taken over the run of container ${name}`);
}

/** Of a start whose end is there already. */
export class AlreadyRunning extends GantryError {}

export function alreadyRunning({ name }: Named): GantryError {
  return new AlreadyRunning('conflict', `Container ${name} is already running`);
}

export function cannotStartPaused(): GantryError {
  return new GantryError('conflict', 'cannot start a paused container, try unpause instead');
}

/** @param reference as the user wrote it */
export function notRunning(reference: string, { id }: Named): GantryError {
  return new GantryError('conflict', `Cannot kill container: ${reference}: container ${id} is not running`);
}

type State = Partial<Pick<Container, 'paused' | 'restartAt'>>;

/** @param container one that runs, or is about to */
export function stillRunning({ name, paused, restartAt }: Named & State): GantryError {
  const refused = `Cannot remove container "/${name}"`;
  if (paused) return new GantryError('conflict', `${refused}: container is paused and must be unpaused first`);
  return new GantryError('conflict', `${refused}: container is ${restartAt ? 'restarting' : 'running'}`, {
    hint: 'Stop the container before removing it, or force its removal with -f',
  });
}

/** Of a container that does not run, or is paused. */
export function cannotExec({ id, name, paused, restartAt }: Named & State): GantryError {
  if (paused) return new GantryError('conflict', `Container ${name} is paused, unpause the container before exec`);
  return restartAt ? stillRestarting(name) : new GantryError('conflict', `container ${id} is not running`);
}

function stillRestarting(name: string): GantryError {
  return new GantryError('conflict', `Container ${name} is restarting, wait until the container is running`);
}

export function logNotReadable(): GantryError {
  return new GantryError('conflict', 'configured logging driver does not support reading');
}

/** The error of attaching to a container that does not run here, or is paused. */
export function cannotAttach(
  reference: string,
  { status, owner, paused, restartAt }: Pick<StoredContainer, 'status' | 'owner'> & State,
): GantryError {
  return new GantryError('conflict', reason());

  function reason(): string {
    if (paused) return 'You cannot attach to a paused container, unpause it first';
    if (status === 'running') return `Container ${reference} is attached to process ${owner?.pid}, not to the daemon`;
    if (restartAt) return 'You cannot attach to a restarting container, wait until it is running';
    return 'You cannot attach to a stopped container, start it first';
  }
}
