import { readFileSync, writeFileSync } from 'node:fs';

/**
 * What IPv6 can do here. `host`: the host reaches containers, nobody else does, and they reach no one beyond it, since
 * it forwards no IPv6. That is the operator's to turn on: a host that forwards stops taking its router's word.
 */
type Ipv6Mode = 'none' | 'host' | 'forwarded';

export function hostIpv6Mode(): Ipv6Mode {
  if (setting('default/disable_ipv6') !== '0' || setting('all/disable_ipv6') !== '0') return 'none';
  return setting('all/forwarding') === '1' ? 'forwarded' : 'host';
}

/**
 * Before a device is up: no neighbour may talk it into a router or an address of its choice (CVE-2020-13401), and its
 * own addresses, which nobody else can have, are used at once.
 */
export function configureIpv6(device: string, isOn: boolean): void {
  for (const name of ['accept_ra', 'autoconf', 'accept_dad']) write(`${device}/${name}`, '0');
  write(`${device}/disable_ipv6`, isOn ? '0' : '1');
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${name}`, 'latin1').trim();
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): void {
  if (setting(name) === value) return;
  try {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}`, value);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
