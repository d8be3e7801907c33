import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Returns a program that was just spawned, or throws why it could not be: Node tells that by an event, and has made
 * none of its streams where the descriptors are used up. Call it in the same tick.
 */
export async function spawned<T extends ChildProcess>(child: T): Promise<T> {
  if (child.pid !== undefined) return child;
  const [error] = (await once(child, 'error')) as [Error];
  throw error;
}
