import { MS_BIND, MS_RDONLY, MS_REMOUNT, mount } from '../../../host/index.js';

/** Where programs read nothing and write what nobody keeps. */
export const NULL_DEVICE = '/dev/null';

/**
 * Mounts /dev/null read-only, which does not keep anybody from writing to it. Call it in a private mount namespace, before a
 * runtime starts in there: crun before 1.24 gives descriptors 0 to 2 to the container's user, and the host's device with them.
 */
export function protectNullDevice(): void {
  mount(NULL_DEVICE, NULL_DEVICE, null, MS_BIND, null);
  mount('none', NULL_DEVICE, null, MS_REMOUNT | MS_BIND | MS_RDONLY, null);
}
