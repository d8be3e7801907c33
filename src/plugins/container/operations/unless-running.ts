import { isKind } from '../../../kernel/index.js';
import { type Attachment, isActive, type Runtime, type StartOptions } from '../contracts/index.js';

/** Starts a container; undefined where it runs, since another call may have been faster. */
export async function unlessRunning(
  runtime: Pick<Runtime, 'get' | 'start'>,
  id: string,
  options: StartOptions,
): Promise<Attachment | undefined> {
  try {
    return await runtime.start(id, options);
  } catch (error) {
    if (isKind(error, 'conflict') && isActive(runtime.get(id))) return undefined;
    throw error;
  }
}
