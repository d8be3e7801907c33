import { BlockList, isIP } from 'node:net';

/** This host itself. */
const LOOPBACK = ['127.0.0.0/8', '0.0.0.0/8', '::/128', '::1/128'];
/** Link-local addresses, and those under which clouds give a host its secrets (AWS, Google, Alibaba, Azure, Oracle). */
const LINK = [
  ...['169.254.0.0/16', 'fe80::/10', 'fec0::/10'],
  ...['fd00:ec2::/32', 'fd20:ce::/32', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.0/24'],
  // NAT64 of the local network (RFC 8215), which may lead to any of them.
  '64:ff9b:1::/48',
];

type Family = 'ipv4' | 'ipv6';

let lists: { readonly loopback: BlockList; readonly link: BlockList } | undefined;

function known(): NonNullable<typeof lists> {
  lists ??= { loopback: listOf(LOOPBACK), link: listOf(LINK) };
  return lists;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [base = '', bits = ''] of networks.map((network) => network.split('/'))) {
    list.addSubnet(base, Number(bits), familyOf(base));
  }
  return list;
}

function familyOf(address: string): Family {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Whether an IP address is this host's loopback, in whatever form. */
export function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && forms(address).some((form) => known().loopback.check(form, familyOf(form)));
}

/** Whether an IP address is link-local, or one of a cloud's for its own hosts. */
export function isLinkAddress(address: string): boolean {
  return isIP(address) !== 0 && forms(address).some((form) => known().link.check(form, familyOf(form)));
}

/** Whether the host of a URL is this host itself. */
export function isLoopbackHost(hostname: string): boolean {
  const bare = bareHost(hostname);
  return bare === 'localhost' || bare.endsWith('.localhost') || isLoopbackAddress(bare);
}

/** Without the brackets of an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** An address, and the IPv4 address that it leads to where it is one of IPv6 that holds one. */
function forms(address: string): string[] {
  if (isIP(address) !== 6) return [address];
  const plain = address.replace(/%.*$/, '');
  const groups = groupsOf(plain);
  const [first = 0, second = 0, third = 0] = groups;
  const ipv4 = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const [high = 0, low = 0] = groups.slice(6);
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  // Compatible, mapped, translated (RFC 2765), NAT64 (RFC 6052).
  if (/^(0:0:0:0:0:(0|ffff)|0:0:0:0:ffff:0|64:ff9b:0:0:0:0)$/.test(prefix)) return [plain, ipv4(high, low)];
  // 6to4, and Teredo, which has it with all bits turned over.
  if (first === 0x2002) return [plain, ipv4(second, third)];
  if (first === 0x2001 && second === 0) return [plain, ipv4(high ^ 0xffff, low ^ 0xffff)];
  return [plain];
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.replace(/\d+\.\d+\.\d+\.\d+$/, inGroups).split('::');
  const parse = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [parse(head), parse(tail ?? '')];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function inGroups(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
