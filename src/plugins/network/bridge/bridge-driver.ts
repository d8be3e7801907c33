import type { Config, Database } from '../../system/index.js';
import type { Network } from '../contracts/index.js';
import { FirewallTable } from '../firewall/index.js';
import { findLink, type Link, NETLINK_ROUTE, NetlinkSocket, withRights } from '../host/index.js';
import { listLeases, type NetworkRecords, portMappings } from '../records/index.js';
import { buildBridge, ensureForwarding, findBridge, outwardMtu } from './bridge-device.js';
import { normalizeSubnet, resolveDefaultSubnet } from './choose-subnet.js';

/** Bridges and packet rules of all networks. Created when first needed, repaired when damaged. */
export class BridgeDriver {
  readonly firewall: FirewallTable;
  #netlink: NetlinkSocket | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly networks: NetworkRecords,
  ) {
    this.firewall = new FirewallTable(config.bridge);
  }

  /** A socket to the kernel's links and routes, in the engine's network namespace. */
  get netlink(): NetlinkSocket {
    this.#netlink ??= new NetlinkSocket(NETLINK_ROUTE);
    return this.#netlink;
  }

  close(): void {
    this.#netlink?.[Symbol.dispose]();
    this.#netlink = undefined;
  }

  /** Makes sure that a network has its bridge and its rules. Where it has, this starts no process and takes no lock. */
  ensure(id: string): { readonly bridge: Link; readonly network: Network } {
    return withRights(() => {
      const found = this.#find(id) ?? this.database.transaction(() => this.#find(id) ?? this.#build(id));
      ensureForwarding(found.network.bridge);
      return found;
    });
  }

  /**
   * The MTU of the default route where it is smaller than the network's own; undefined where the network's own holds.
   */
  routeMtuOf({ mtu }: Network): number | undefined {
    const outward = mtu === undefined ? undefined : outwardMtu(this.netlink);
    return outward !== undefined && mtu !== undefined && outward < mtu ? outward : undefined;
  }

  /** Whether a container holds an address, or rules exist that a container may have left behind. */
  mayNeedRepair(): boolean {
    return listLeases(this.database).length > 0 || this.firewall.exists();
  }

  /** Whether a container holds an address. */
  hasLeases(): boolean {
    return listLeases(this.database).length > 0;
  }

  /** Enables forwarding again where another program disabled it. */
  restoreForwarding(): void {
    for (const { bridge } of this.#networksInUse()) if (findLink(this.netlink, bridge)) ensureForwarding(bridge);
  }

  /** Whether the table is complete. Starts a process, so it is for when the table may have changed. */
  async hasAllRules(): Promise<boolean> {
    return this.firewall.isIntact(this.#networksWithSubnet(), portMappings(this.database));
  }

  /** Whether the bridges of networks in use and the table for them exist. */
  isIntact(): boolean {
    const isThere = ({ bridge, subnet }: Network): boolean => findBridge(this.netlink, bridge, subnet) !== undefined;
    return this.#networksInUse().every(isThere) && this.firewall.isCurrent(this.#networksWithSubnet());
  }

  /** Recreates bridges and rules from the database. */
  rebuild(): void {
    this.database.transaction(() => {
      this.rebuildRules();
      for (const { id } of this.#networksInUse()) ensureForwarding(this.#buildBridge(id).network.bridge);
    });
  }

  /** Joins the caller's transaction. */
  rebuildRules(): void {
    this.firewall.rebuild(this.#networksWithSubnet(), portMappings(this.database));
  }

  #find(id: string): { readonly bridge: Link; readonly network: Network } | undefined {
    const network = this.networks.byId(id);
    if (!network?.subnet) return undefined;
    const { subnet: configured } = this.config;
    if (network.isDefault && configured !== undefined && normalizeSubnet(configured) !== network.subnet)
      return undefined;
    const bridge = findBridge(this.netlink, network.bridge, network.subnet);
    return bridge && this.firewall.isCurrent(this.#networksWithSubnet()) ? { bridge, network } : undefined;
  }

  #build(id: string): { readonly bridge: Link; readonly network: Network } {
    if (id === this.networks.default().id) resolveDefaultSubnet(this.networks, this.config.subnet);
    this.rebuildRules();
    return this.#buildBridge(id);
  }

  #buildBridge(id: string): { readonly bridge: Link; readonly network: Network } {
    const network = this.networks.get(id);
    const links = listLeases(this.database).filter((held) => held.network === id && findLink(this.netlink, held.link));
    const bridge = buildBridge(
      this.netlink,
      network,
      links.map(({ link }) => link),
    );
    return { bridge, network };
  }

  #networksWithSubnet(): Network[] {
    return this.networks.list().filter(({ subnet }) => subnet !== '');
  }

  #networksInUse(): Network[] {
    const held = new Set(listLeases(this.database).map(({ network }) => network));
    return this.networks.list().filter(({ id }) => held.has(id));
  }
}
