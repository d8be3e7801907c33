import { writeFileSync } from 'node:fs';
import { ifThere, textOf } from '../../../host/index.js';

/**
 * How far IPv6 reaches on this host. `host`: only the host and its containers reach each other, since the host forwards
 * no IPv6. The operator enables forwarding: a host that forwards ignores its router's advertisements.
 */
type Ipv6Mode = 'none' | 'host' | 'forwarded';

export function hostIpv6Mode(): Ipv6Mode {
  if (setting('default/disable_ipv6') !== '0' || setting('all/disable_ipv6') !== '0') return 'none';
  return setting('all/forwarding') === '1' ? 'forwarded' : 'host';
}

/**
 * Configures a device before it is up: it accepts no router and no address that a neighbour advertises
 * (CVE-2020-13401), and uses its own addresses at once, since they cannot collide.
 */
export function configureIpv6(device: string, isOn: boolean): void {
  for (const name of ['accept_ra', 'autoconf', 'accept_dad']) write(`${device}/${name}`, '0');
  write(`${device}/disable_ipv6`, isOn ? '0' : '1');
}

function setting(name: string): string | undefined {
  return textOf(`/proc/sys/net/ipv6/conf/${name}`)?.trim();
}

function write(name: string, value: string): void {
  if (setting(name) === value) return;
  ifThere(() => writeFileSync(`/proc/sys/net/ipv6/conf/${name}`, value));
}
