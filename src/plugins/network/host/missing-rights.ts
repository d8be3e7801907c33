import { GantryError } from '../../../kernel/index.js';
import { isErrno } from './netlink.js';

/** Hint for a host on which no bridge can be created. */
export const WITHOUT_BRIDGE = '`--network host` and `--network none` need no bridge';

const CODES = ['EPERM', 'EACCES', 'EROFS'];

/** Whether the kernel denied a request: no CAP_NET_ADMIN, or settings that cannot be written. */
export function isDenied(error: unknown): boolean {
  return isErrno(error, 'EPERM') || CODES.includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Runs work, and turns a denied request into one line for the user.
 * @throws GantryError `unavailable`, and whatever else failed
 */
export async function withRights<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw denied(error);
  }
}

export function denied(cause: unknown): GantryError {
  const { message } = cause as Error;
  return new GantryError('unavailable', `this host lets the engine make no bridge: ${message.split('\n')[0]}`, {
    cause,
    hint: `It needs CAP_NET_ADMIN, and a /proc/sys that can be written; ${WITHOUT_BRIDGE}`,
  });
}
