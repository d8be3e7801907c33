import { readlinkSync, writeFileSync } from 'node:fs';
import { GantryError } from '../kernel/contracts/index.js';

const DEFAULTS = {
  /** Any user of the container may listen on any port of it. */
  '/proc/sys/net/ipv4/ip_unprivileged_port_start': '0',
  /** Any group of the container may send pings. */
  '/proc/sys/net/ipv4/ping_group_range': '0 2147483647',
};

/** The network namespace that the calling thread is in, as a name to compare. */
export function networkNamespace(): string {
  return readlinkSync('/proc/thread-self/ns/net');
}

/**
 * Sets Docker's defaults in the container's network namespace, which the calling thread is in. The OCI configuration
 * cannot hold them: runc refuses `net.*` settings for a container that shares the network namespace of its caller.
 * @param hostNamespace `networkNamespace()` before it was left: the host's settings are never changed
 * @param sysctls `net.*` settings of the user, by the names of sysctl(8)
 * @throws GantryError `invalid` for a setting that the kernel does not have, or a value that it refuses
 */
export function setNetworkDefaults(
  hostNamespace: string,
  sysctls: readonly (readonly [name: string, value: string])[] = [],
): void {
  if (networkNamespace() === hostNamespace) throw new Error('network defaults were about to change the host');
  for (const [path, value] of Object.entries(DEFAULTS)) setDefault(path, value);
  for (const [name, value] of sysctls) setSysctl(name, value);
}

/** Whether a setting is of a device that is there when the container is connected, and not before: `eth0`. */
export function isOfDevice(name: string): boolean {
  return /^net[./]ipv[46][./](conf|neigh)[./]eth\d+[./]/.test(name);
}

/** On a host whose /proc/sys cannot be written, containers run without the defaults. */
function setDefault(path: string, value: string): void {
  try {
    writeFileSync(path, value);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error;
  }
}

/**
 * Writes a setting of the network namespace that the calling thread is in, by its name for sysctl(8).
 * @throws GantryError `invalid` for one that the kernel does not have, or a value that it refuses
 */
export function setSysctl(name: string, value: string): void {
  try {
    writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value, { flag: 'r+' });
  } catch (cause) {
    throw new GantryError('invalid', `sysctl '${name}=${value}': the kernel refuses it`, { cause });
  }
}
