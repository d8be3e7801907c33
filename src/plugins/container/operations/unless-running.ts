import type { Attachment, Runtime, StartOptions } from '../contracts/index.js';
import { AlreadyRunning } from '../records/index.js';

/** Starts a container; undefined where it runs, since another call may have been faster. */
export async function unlessRunning(
  runtime: Pick<Runtime, 'start'>,
  id: string,
  options: StartOptions,
): Promise<Attachment | undefined> {
  try {
    return await runtime.start(id, options);
  } catch (error) {
    if (error instanceof AlreadyRunning) return undefined;
    throw error;
  }
}
