import { createHash } from 'node:crypto';
import type { Network, PublishedPort } from './contracts.js';
import { attribute, attributes, isErrno, NETLINK_NETFILTER, NetlinkSocket, zeroTerminated } from './netlink.js';
import { feed, feedSync } from './tool.js';

/** Numbers of <linux/netfilter/nfnetlink.h> and <linux/netfilter/nf_tables.h>. */
const NFT_MSG_GETTABLE = (10 << 8) | 1;
const NFT_MSG_GETGEN = (10 << 8) | 16;
const NFTA_TABLE_NAME = 1;
const NFTA_GEN_ID = 1;
const NFPROTO_INET = 1;

/** A published port and the container that it leads to. */
export interface Publication extends PublishedPort {
  readonly containerAddress: string;
}

/** An entry of nft's JSON. */
interface Listed {
  readonly chain?: object;
  readonly rule?: object;
  readonly map?: { readonly elem?: readonly unknown[] };
}

/** What the rules are made of: the networks that have a subnet. */
export type Ruled = Pick<Network, 'bridge' | 'subnet' | 'internal'>;

/**
 * Our one table. Its rules change with the networks alone: ports are elements of two maps, so that the thousandth costs
 * what the first did. Each change is one transaction of nft.
 */
export class PacketRules {
  readonly table: string;

  constructor(bridge: string) {
    this.table = bridge === 'gantry0' ? 'gantry' : bridge;
  }

  /** Whether the table is there and made by this version for these networks. Asks the kernel; starts no process. */
  areCurrent(networks: readonly Ruled[]): boolean {
    return this.#inKernel()?.includes(fingerprint(networks)) ?? false;
  }

  exist(): boolean {
    return this.#inKernel() !== undefined;
  }

  /** Whether nothing of the table was taken away: all chains, rules, and so many published ports. */
  async areWhole(networks: readonly Ruled[], publications: number): Promise<boolean> {
    const output = await feed('nft', ['-j', 'list', 'table', 'inet', this.table], '').catch(() => undefined);
    if (output === undefined) return false;
    const { nftables } = JSON.parse(output) as { nftables: readonly Listed[] };
    const count = (key: keyof Listed): number => nftables.filter((entry) => entry[key]).length;
    const elements = nftables.reduce((sum, { map }) => sum + (map?.elem?.length ?? 0), 0);
    const lines = rules(networks)
      .split('\n')
      .map((line) => line.trim());
    const chains = lines.filter((line) => line.startsWith('chain ')).length;
    const expected = lines.filter((line) => line && !/^(set|map|chain|type) |^}$/.test(line)).length;
    return count('chain') === chains && count('rule') === expected && elements === publications;
  }

  /** Grows with every change of any table of this network namespace. */
  generation(): number {
    using socket = new NetlinkSocket(NETLINK_NETFILTER);
    const body = [Buffer.from([0, 0, 0, 0])];
    const answer = socket.query({ subject: 'generation', type: NFT_MSG_GETGEN, body });
    return attributes(answer.subarray(4)).get(NFTA_GEN_ID)?.readUInt32BE() ?? 0;
  }

  /** Replaces the whole table. The caller holds the database's write lock. @throws GantryError `unavailable` */
  rebuild(networks: readonly Ruled[], publications: readonly Publication[]): void {
    const name = `table inet ${this.table}`;
    // Versions before 0.3 had a table of the family ip.
    const old = `table ip ${this.table}`;
    const contents = [`comment "${fingerprint(networks)}"`, rules(networks)].join('\n');
    const script = [
      ...[old, `delete ${old}`, name, `delete ${name}`, `${name} {\n${contents}\n}`],
      ...publications.map((one) => this.#add(one)),
    ];
    feedSync('nft', ['-f', '-'], `${script.join('\n')}\n`);
  }

  /** @throws GantryError `unavailable` where the table is missing, or an element leads elsewhere */
  async publish(publications: readonly Publication[]): Promise<void> {
    await feed('nft', ['-f', '-'], publications.map((one) => this.#add(one)).join('\n'));
  }

  /** Adding first makes removal of what is not there no failure. @throws GantryError as `publish` */
  async unpublish(publications: readonly Publication[]): Promise<void> {
    const script = publications.flatMap((one) => [this.#add(one), `delete element ${this.#map(one)} { ${key(one)} }`]);
    await feed('nft', ['-f', '-'], script.join('\n'));
  }

  #inKernel(): Buffer | undefined {
    const name = attribute(NFTA_TABLE_NAME, zeroTerminated(this.table));
    try {
      using socket = new NetlinkSocket(NETLINK_NETFILTER);
      const body = [Buffer.from([NFPROTO_INET, 0, 0, 0]), name];
      return socket.query({ subject: this.table, type: NFT_MSG_GETTABLE, body });
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  #add(one: Publication): string {
    return `add element ${this.#map(one)} { ${key(one)} : ${one.containerAddress} . ${one.containerPort} }`;
  }

  #map({ hostAddress }: Publication): string {
    return `inet ${this.table} ${isEverywhere(hostAddress) ? 'published' : 'published_at'}`;
  }
}

function key({ hostAddress, protocol, hostPort }: Publication): string {
  return `${isEverywhere(hostAddress) ? '' : `${hostAddress} . `}${protocol} . ${hostPort}`;
}

function isEverywhere(hostAddress: string): boolean {
  return hostAddress === '0.0.0.0';
}

function fingerprint(networks: readonly Ruled[]): string {
  return createHash('sha256').update(rules(networks)).digest('hex').slice(0, 32);
}

/**
 * The chain `guard` keeps the loopback network to the host although bridges have route_localnet (CVE-2020-8558).
 * The chain `forward` lets into a bridge what was published or asked for, and nothing else, so that neither another
 * machine of the same segment nor another network of the host reaches an unpublished or loopback-bound port. Nothing
 * passes between an internal network and the world.
 * Masquerading inside our networks brings the answers back through the host when a container calls a published port.
 */
function rules(networks: readonly Ruled[]): string {
  const bridges = networks.map(({ bridge }) => `"${bridge}"`);
  const internal = networks.filter((network) => network.internal).map(({ bridge }) => `"${bridge}"`);
  const outward = networks.filter((network) => !network.internal).map(({ subnet }) => subnet);
  return `
  set bridges { type ifname; ${elements(bridges)} }
  set internal { type ifname; ${elements(internal)} }
  set within { type ifname . ifname; ${elements(bridges.map((bridge) => `${bridge} . ${bridge}`))} }
  set outward { type ipv4_addr; flags interval; ${elements(outward)} }
  map published { type inet_proto . inet_service : ipv4_addr . inet_service; }
  map published_at { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
  chain guard {
    type filter hook prerouting priority raw; policy accept;
    iifname != "lo" ip daddr 127.0.0.0/8 drop
    iifname != "lo" ip saddr 127.0.0.0/8 drop
  }
  chain publish {
    meta l4proto { tcp, udp } dnat ip to ip daddr . meta l4proto . th dport map @published_at
    meta l4proto { tcp, udp } dnat ip to meta l4proto . th dport map @published
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    meta nfproto ipv4 fib daddr type local jump publish
  }
  chain output {
    type nat hook output priority -100; policy accept;
    meta nfproto ipv4 fib daddr type local jump publish
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname . oifname @within accept
    iifname @internal drop
    oifname @internal drop
    oifname != @bridges accept
    ct state established,related accept
    ct status dnat accept
    drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname != @bridges ip saddr @outward masquerade
    oifname @bridges ip saddr 127.0.0.0/8 masquerade
    oifname @bridges ip saddr @outward ct status dnat masquerade
  }`;
}

function elements(list: readonly string[]): string {
  return list.length > 0 ? `elements = { ${list.join(', ')} };` : '';
}
