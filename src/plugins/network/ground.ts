import type { Config, Database } from '../system/index.js';
import { toAddress } from './addresses.js';
import { buildBridge, ensureForwarding, findBridge, outwardMtu } from './bridge.js';
import type { Network } from './contracts.js';
import { isOfIpv6 } from './host-address.js';
import { ipv6Here, ipv6Of } from './ipv6.js';
import { findLink, type Link } from './links.js';
import { NETLINK_ROUTE, NetlinkSocket } from './netlink.js';
import type { NetworkRecords } from './network-records.js';
import { PacketRules } from './nftables.js';
import { prepared } from './prepared.js';
import { withRights } from './restrictions.js';
import type { Publication } from './rules.js';
import { normalised, settleDefaultSubnet } from './subnet.js';

/** What containers stand on: bridges and packet rules. Made when first needed, repaired when damaged. */
export class Ground {
  readonly rules: PacketRules;
  #routes: NetlinkSocket | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly networks: NetworkRecords,
  ) {
    this.rules = new PacketRules(config.bridge);
  }

  /** A socket to the kernel's links and routes, in the engine's network namespace. */
  get routes(): NetlinkSocket {
    this.#routes ??= new NetlinkSocket(NETLINK_ROUTE);
    return this.#routes;
  }

  close(): void {
    this.#routes?.[Symbol.dispose]();
    this.#routes = undefined;
  }

  /** Looks, without a process or a lock, whether all is there for a network, and makes what is missing. */
  ensure(id: string): { readonly bridge: Link; readonly network: Network } {
    return withRights(() => {
      const found = this.#find(id) ?? this.database.transaction(() => this.#find(id) ?? this.#build(id));
      ensureForwarding(found.network.bridge);
      return found;
    });
  }

  /** What packets to the world are bound to where those of the network may be larger. */
  routeMtuOf({ mtu }: Network): number | undefined {
    const outward = mtu === undefined ? undefined : outwardMtu(this.routes);
    return outward !== undefined && mtu !== undefined && outward < mtu ? outward : undefined;
  }

  /** Whether there is anything that could need repair: a container, or rules that one may have left. */
  isInUse(): boolean {
    return this.#held().length > 0 || this.rules.exist();
  }

  /** Whether a container holds an address. */
  isHeld(): boolean {
    return this.#held().length > 0;
  }

  /** Turns forwarding on again that somebody turned off. */
  keepForwarding(): void {
    for (const { bridge } of this.#used()) if (findLink(this.routes, bridge)) ensureForwarding(bridge);
  }

  /** Whether the table holds all that it should. Starts a process: worth it where the table may have changed. */
  async hasAllRules(): Promise<boolean> {
    return this.rules.areWhole(this.#ruled(), this.publicationsOf());
  }

  /** Whether all that containers hold stands where it should: bridges of networks in use, and the table for them. */
  isWhole(): boolean {
    const isThere = ({ bridge, subnet }: Network): boolean => findBridge(this.routes, bridge, subnet) !== undefined;
    return this.#used().every(isThere) && this.rules.areCurrent(this.#ruled());
  }

  /** Makes bridges and rules anew from the database. */
  rebuild(): void {
    this.database.transaction(() => {
      this.rebuildRules();
      for (const { id } of this.#used()) ensureForwarding(this.#buildBridge(id).network.bridge);
    });
  }

  /** Joins the caller's transaction. */
  rebuildRules(): void {
    this.rules.rebuild(this.#ruled(), this.publicationsOf());
  }

  /** The ports of a holder, or of all, that are to be reachable. */
  publicationsOf(holder?: string): Publication[] {
    const rows = prepared(
      this.database,
      `SELECT p.*, l.address AS target, l.network FROM network_port p
        JOIN network_lease l ON l.holder = p.holder
          AND l.position = (SELECT min(position) FROM network_lease WHERE holder = p.holder)
        WHERE ${holder === undefined ? 'p.closing = 0' : 'p.holder = ?'} ORDER BY p.port`,
    ).all(...(holder === undefined ? [] : [holder]));
    const hasIpv6 = rows.length > 0 && ipv6Here() !== 'none';
    return rows.map((row) => ({
      protocol: row['protocol'] === 'udp' ? 'udp' : 'tcp',
      containerPort: Number(row['container_port']),
      hostPort: Number(row['port']),
      hostAddress: String(row['address']),
      containerAddress: toAddress(Number(row['target'])),
      containerIpv6:
        hasIpv6 && (row['every_family'] === 1 || isOfIpv6(String(row['address'])))
          ? ipv6Of(String(row['network']), toAddress(Number(row['target'])))
          : undefined,
    }));
  }

  #find(id: string): { readonly bridge: Link; readonly network: Network } | undefined {
    const network = this.networks.byId(id);
    if (!network?.subnet) return undefined;
    const { subnet: configured } = this.config;
    if (network.isDefault && configured !== undefined && normalised(configured) !== network.subnet) return undefined;
    const bridge = findBridge(this.routes, network.bridge, network.subnet);
    return bridge && this.rules.areCurrent(this.#ruled()) ? { bridge, network } : undefined;
  }

  #build(id: string): { readonly bridge: Link; readonly network: Network } {
    if (id === this.networks.default().id) settleDefaultSubnet(this.networks, this.config.subnet);
    this.rebuildRules();
    return this.#buildBridge(id);
  }

  #buildBridge(id: string): { readonly bridge: Link; readonly network: Network } {
    const network = this.networks.get(id);
    const links = this.#held().filter((held) => held.network === id && findLink(this.routes, held.link));
    const bridge = buildBridge(
      this.routes,
      network,
      links.map(({ link }) => link),
    );
    return { bridge, network };
  }

  #ruled(): Network[] {
    return this.networks.list().filter(({ subnet }) => subnet !== '');
  }

  #used(): Network[] {
    const held = new Set(this.#held().map(({ network }) => network));
    return this.networks.list().filter(({ id }) => held.has(id));
  }

  #held(): { readonly network: string; readonly link: string }[] {
    const rows = prepared(this.database, 'SELECT network, link FROM network_lease WHERE holder IS NOT NULL').all();
    return rows.map(({ network, link }) => ({ network: String(network), link: String(link) }));
  }
}
