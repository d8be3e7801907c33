import { BlockList, isIP } from 'node:net';

/** Addresses of this host itself, and link-local ones, such as the metadata service of a cloud. */
const LOCAL_ADDRESSES = new BlockList();
LOCAL_ADDRESSES.addSubnet('127.0.0.0', 8, 'ipv4');
LOCAL_ADDRESSES.addSubnet('0.0.0.0', 8, 'ipv4');
LOCAL_ADDRESSES.addSubnet('169.254.0.0', 16, 'ipv4');
LOCAL_ADDRESSES.addAddress('::', 'ipv6');
LOCAL_ADDRESSES.addAddress('::1', 'ipv6');
LOCAL_ADDRESSES.addSubnet('fe80::', 10, 'ipv6');
LOCAL_ADDRESSES.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');
LOCAL_ADDRESSES.addSubnet('::ffff:169.254.0.0', 112, 'ipv6');

/** Whether an IP address is one that no remote registry may send the engine to. */
export function isLocalAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOCAL_ADDRESSES.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether the host of a URL is this host itself. */
export function isLoopback(hostname: string): boolean {
  const bare = bareHost(hostname);
  return bare === 'localhost' || bare.endsWith('.localhost') || (isLocalAddress(bare) && !/^(169\.|fe80)/i.test(bare));
}

/** Without the brackets of an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Whether to connect without the proxy, by the rules of Go's `NO_PROXY`: names, suffixes, addresses, networks, `*`. */
export function bypassesProxy({ hostname, port }: URL, noProxy: string | undefined): boolean {
  if (isLoopback(hostname)) return true;
  const host = bareHost(hostname);
  return (noProxy ?? '').split(',').some((entry) => matches(entry.trim().toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  const [, name = entry, onlyPort] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (name.includes('/')) return isInNetwork(name, host);
  return host === name || host.endsWith(name.startsWith('.') ? name : `.${name.replace(/^\*\./, '')}`);
}

function isInNetwork(network: string, host: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(base) === 0 || isIP(host) === 0) return false;
  try {
    const list = new BlockList();
    list.addSubnet(base, Number(bits), family);
    return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
  } catch {
    return false;
  }
}
