import { isIP } from 'node:net';
import { GantryError } from '../kernel/contracts/index.js';

/**
 * The files of /etc with a container's name, hosts and name servers. Pure functions: files of the host are passed in as
 * text.
 */

interface HostsEntry {
  readonly name: string;
  /** IPv4 or IPv6. */
  readonly address: string;
}

/** Docker's fallback where the host has no name server that a container could reach. */
const PUBLIC_NAME_SERVERS = ['8.8.8.8', '8.8.4.4'];
/** systemd-resolved: /etc/resolv.conf names its stubs, this file the real servers. */
const STUB_RESOLVERS = ['127.0.0.53', '127.0.0.54'];
const IPV6_FORWARDING = '/proc/sys/net/ipv6/conf/all/forwarding';
export const RESOLVED_CONF = '/run/systemd/resolve/resolv.conf';

const HOSTNAME = /^[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?)*$/;
/** Of the kernel: HOST_NAME_MAX. */
const MAX_HOSTNAME = 64;

/** @throws GantryError `invalid` for what is no host name, or would not fit the kernel's */
export function checkHostname(name: string): void {
  if (HOSTNAME.test(name) && name.length <= MAX_HOSTNAME) return;
  throw new GantryError('invalid', `invalid hostname: ${JSON.stringify(name)}`);
}

/**
 * A name by which others look a container up. Any name of a container is one, were it longer than a host name, or with a dash
 * or a dot at its end.
 * @throws GantryError `invalid`
 */
export function checkLookupName(name: string): void {
  if (/^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(name)) return;
  throw new GantryError('invalid', `invalid name: ${JSON.stringify(name)}`);
}

export function hostnameFile(hostname: string): string {
  return `${hostname}\n`;
}

/** @param own the container itself, unless it has no network @param extra what `--add-host` asks for */
export function hostsFile(own: HostsEntry | undefined, extra: readonly HostsEntry[] = []): string {
  const hosts: HostsEntry[] = [
    { address: '127.0.0.1', name: 'localhost' },
    { address: '::1', name: 'localhost ip6-localhost ip6-loopback' },
    { address: 'fe00::', name: 'ip6-localnet' },
    { address: 'ff00::', name: 'ip6-mcastprefix' },
    { address: 'ff02::1', name: 'ip6-allnodes' },
    { address: 'ff02::2', name: 'ip6-allrouters' },
    ...extra,
    ...(own ? [{ ...own, name: withFirstLabel(own.name) }] : []),
  ];
  return hosts.map(({ address, name }) => `${address}\t${name}\n`).join('');
}

/** A name with a domain is followed by the one without, as programs of the container ask for both. */
function withFirstLabel(name: string): string {
  const [first] = name.split('.', 1);
  return first === name ? name : `${name} ${first}`;
}

interface AskedResolver {
  readonly servers?: readonly string[];
  readonly search?: readonly string[];
  readonly options?: readonly string[] | undefined;
}

interface BridgeResolver extends AskedResolver {
  /** Whether the container has an address of IPv6. */
  readonly ipv6?: boolean;
}

/**
 * A container's /etc/resolv.conf: the host's without the name servers that a container on the bridge cannot reach,
 * those of the host's loopback, and of IPv6 unless there is nothing else, the container has IPv6 and the host forwards it; Google's where none is left, as Docker does.
 * @param read the text of a file of the host, undefined where there is none
 * @param asked name servers, search domains and options in place of the host's; a domain `.` is none at all
 */
export function resolvConf(read: (path: string) => string | undefined, asked: BridgeResolver = {}): string {
  const { servers: given = [], search = [], options = [], ipv6 = false } = asked;
  const domains = search.filter((domain) => domain !== '.');
  const lines = linesOf(read('/etc/resolv.conf'));
  const servers = lines.flatMap(nameServer);
  const isStub = servers.some((one) => STUB_RESOLVERS.includes(one)) && !servers.some(isReachable);
  const source = (isStub ? linesOf(read(RESOLVED_CONF)) : lines).filter(
    (line) =>
      (search.length === 0 || !/^\s*(search|domain)\s/.test(line)) &&
      (options.length === 0 || !/^\s*options\s/.test(line)),
  );
  // A host that forwards IPv6 lets containers out by it.
  const isForwarded = ipv6 && read(IPV6_FORWARDING)?.trim() === '1' && !source.flatMap(nameServer).some(isReachable);
  const isKept = (server: string): boolean =>
    given.length === 0 && (isReachable(server) || (isForwarded && isGlobalIpv6(server)));
  const kept = source.filter((line) => nameServer(line).every(isKept));
  const fallback = kept.some((line) => nameServer(line).length > 0) ? [] : PUBLIC_NAME_SERVERS;
  const added = (given.length > 0 ? given : fallback).map((server) => `nameserver ${server}`);
  const searched = domains.length > 0 ? [`search ${domains.join(' ')}`] : [];
  const resolved = options.length > 0 ? [`options ${options.join(' ')}`] : [];
  return [...kept, ...searched, ...added, ...resolved].map((line) => `${line}\n`).join('');
}

/**
 * The resolv.conf of a container on the host's own network: the host's, to the letter, with what was asked for in the
 * place of the host's.
 */
export function hostResolvConf(
  read: (path: string) => string | undefined,
  { servers = [], search = [], options = [] }: AskedResolver = {},
): string {
  const domains = search.filter((domain) => domain !== '.');
  const replaced = [
    ...(servers.length > 0 ? ['nameserver'] : []),
    ...(search.length > 0 ? ['search', 'domain'] : []),
    ...(options.length > 0 ? ['options'] : []),
  ];
  const text = read('/etc/resolv.conf') ?? '';
  if (replaced.length === 0) return text;
  const kept = linesOf(text).filter((line) => !replaced.includes(line.trim().split(/\s+/)[0] ?? ''));
  const added = [
    ...servers.map((server) => `nameserver ${server}`),
    ...(domains.length > 0 ? [`search ${domains.join(' ')}`] : []),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ];
  return [...kept, ...added].map((line) => `${line}\n`).join('');
}

/** The hosts file of a container on the host's own network: the host's, and more names. */
export function hostHostsFile(text: string | undefined, extra: readonly HostsEntry[] = []): string {
  if (text === undefined) return hostsFile(undefined, extra);
  const gap = text === '' || text.endsWith('\n') || extra.length === 0 ? '' : '\n';
  return text + gap + extra.map(({ address, name }) => `${address}\t${name}\n`).join('');
}

function linesOf(text = ''): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line));
}

function nameServer(line: string): string[] {
  const server = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
  return server === undefined ? [] : [server];
}

function isGlobalIpv6(server: string): boolean {
  return isIP(server) === 6 && !/^(::1?$|fe[89ab])/i.test(server);
}

function isReachable(server: string): boolean {
  return isIP(server) === 4 && !server.startsWith('127.') && server !== '0.0.0.0';
}
