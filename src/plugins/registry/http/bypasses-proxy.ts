import { BlockList, isIP } from 'node:net';
import { bareHost, isLoopbackHost } from '../../system/index.js';

/** Whether to connect without the proxy, by the rules of Go's `NO_PROXY`: names, suffixes, addresses, networks, `*`. */
export function bypassesProxy({ hostname, port }: URL, noProxy: string | undefined): boolean {
  if (isLoopbackHost(hostname)) return true;
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
