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

export function stillRunning({ name }: Named): GantryError {
  return new GantryError('conflict', `Cannot remove container "/${name}": container is running`, {
    hint: 'Stop the container before removing it, or force its removal with -f',
  });
}

export function cannotExec({ id, name }: Named, state: 'stopped' | 'paused'): GantryError {
  if (state === 'stopped') return new GantryError('conflict', `container ${id} is not running`);
  return new GantryError('conflict', `Container ${name} is paused, unpause the container before exec`);
}

export function logNotReadable(): GantryError {
  return new GantryError('conflict', 'configured logging driver does not support reading');
}

export function cannotAttach(reference: string, { status, owner }: StoredContainer): GantryError {
  const message =
    status === 'running'
      ? `Container ${reference} is attached to process ${owner?.pid}, not to the daemon`
      : 'You cannot attach to a stopped container, start it first';
  return new GantryError('conflict', message);
}
