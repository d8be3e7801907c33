import { GantryError } from '../../../kernel/index.js';
import { isErrno } from './netlink.js';

/** What to try where no bridge can be made. */
export const WITHOUT_BRIDGE = '`--network host` and `--network none` need no bridge';

const CODES = ['EPERM', 'EACCES', 'EROFS'];

/** Whether the kernel refused for want of rights: no CAP_NET_ADMIN, or settings that cannot be written. */
export function isDenied(error: unknown): boolean {
  return isErrno(error, 'EPERM') || CODES.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Says it in one line where the host lets us make no bridge. @throws GantryError `unavailable`, and whatever else failed */
export function withRights<T>(work: () => T): T {
  try {
    return work();
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
