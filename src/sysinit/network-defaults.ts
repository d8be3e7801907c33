import { readlinkSync, writeFileSync } from 'node:fs';

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
 * Sets Docker's defaults in the container's network namespace, which the calling thread is in. They cannot stand in the
 * OCI configuration: runc refuses `net.*` settings for a container that shares the network namespace of its caller.
 * @param hostNamespace `networkNamespace()` before it was left: the host's settings are never touched
 */
export function setNetworkDefaults(hostNamespace: string): void {
  if (networkNamespace() === hostNamespace) throw new Error('network defaults were about to change the host');
  for (const [path, value] of Object.entries(DEFAULTS)) writeFileSync(path, value);
}
