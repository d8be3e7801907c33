import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** The two ends of each of its streams, and of a pipe by which libuv hears that it has begun. */
const NEEDED = 12;

/**
 * Node's `spawn`, which throws where the descriptors do not suffice: Node would lose those that it has opened by then.
 * A program that cannot be started for another reason is told by `spawned`.
 */
export const spawnProgram = ((...call: Parameters<typeof spawn>) => {
  requireDescriptors(NEEDED);
  return spawn(...call);
}) as typeof spawn;

/**
 * Returns a program that was just spawned, or throws why it could not be: Node tells that by an event. Call it in the
 * same tick.
 */
export async function spawned<T extends ChildProcess>(child: T): Promise<T> {
  if (child.pid !== undefined) return child;
  const [error] = (await once(child, 'error')) as [Error];
  throw error;
}

function requireDescriptors(count: number): void {
  using opened = new DisposableStack();
  for (let one = 0; one < count; one++) {
    const fd = openSync('/dev/null', 'r');
    opened.defer(() => closeSync(fd));
  }
}

/**
 * Flags for a Node process that ends soon. V8 compiles in threads of its own, and Node's exit joins them: a thread that waits
 * for the garbage collector of a heap that is about to go never ends, and the process hangs when all its work is done. Of
 * 60 clients with 100 MB of input up to 11 hung; with both flags none did. `bin/docker` has the same two.
 */
export const SHORT_LIVED_NODE: readonly string[] = ['--no-concurrent-recompilation', '--no-concurrent-sparkplug'];
