import { bootId } from '../../../host/index.js';
import type { Config, Database } from '../../system/index.js';
import type { Network } from '../contracts/index.js';
import { type Contents, FirewallTable } from '../firewall/index.js';
import {
  findLink,
  isTimeout,
  type Link,
  listAddresses,
  listLinks,
  NETLINK_ROUTE,
  NetlinkSocket,
  withRights,
} from '../host/index.js';
import { listLeases, type NetworkRecords, NetworkSettings, portMappings } from '../records/index.js';
import {
  bridgeMtu,
  buildBridge,
  dropGateway,
  ensureForwarding,
  findBridge,
  isForwarding,
  outwardMtu,
  removeBridge,
} from './bridge-device.js';
import { normalizeSubnet, resolveDefaultSubnet } from './choose-subnet.js';
import { ownerMark, refuseInUse } from './ownership.js';

interface BuiltNetwork {
  readonly bridge: Link;
  readonly network: Network;
}

/**
 * Bridges and packet rules of all networks. Created when first needed, repaired when damaged. Bridges are made by
 * netlink, in the transaction that reads their rows; nft runs outside of transactions, and only in the slow case.
 */
export class BridgeDriver {
  readonly firewall: FirewallTable;
  /** Is told why the rules are recreated. */
  warn: (message: string) => void = () => undefined;
  readonly #mark: string;
  readonly #settings: NetworkSettings;
  #netlink: NetlinkSocket | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly networks: NetworkRecords,
  ) {
    this.#mark = ownerMark(config.root);
    this.#settings = new NetworkSettings(database);
    this.firewall = new FirewallTable(config.bridge, {
      mark: this.#mark,
      refuse: (what, mark, bridges) => refuseInUse(this.netlink, what, mark, bridges),
      lock: `${config.runDir}/network.lock`,
      options: () => ({ closesForwarding: this.#settings.get('forwarding') === bootId() }),
      saved: () => this.#settings.get('rules'),
      save: (digest) => this.#settings.set('rules', digest),
    });
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
  ensure(id: string): Promise<BuiltNetwork> {
    return withRights(() => this.#ensure(id));
  }

  async #ensure(id: string): Promise<BuiltNetwork> {
    const found = this.#find(id);
    if (found) return found;
    this.firewall.refuseForeign();
    this.#noteForwarding();
    const before = this.networks.byId(id)?.subnet;
    const built = this.database.transaction(() => this.#build(id));
    const { network } = built;
    const isMoved = before !== network.subnet;
    const isStale = (): boolean => isMoved || !this.firewall.isCurrent([]);
    if (isStale()) await this.rebuildRules(isStale);
    if (!this.firewall.isCurrent([network])) await this.#changeRules({ add: { networks: [network] } });
    ensureForwarding(network.bridge);
    return built;
  }

  #find(id: string): BuiltNetwork | undefined {
    const network = this.networks.byId(id);
    if (!network?.subnet) return undefined;
    const { subnet: configured } = this.config;
    if (network.isDefault && configured !== undefined && normalizeSubnet(configured) !== network.subnet)
      return undefined;
    const bridge = findBridge(this.netlink, network);
    if (!bridge || !isForwarding() || !this.firewall.isCurrent([network])) return undefined;
    ensureForwarding(network.bridge);
    return { bridge, network };
  }

  /** Takes a network's bridge away, whose row is gone. Joins the caller's transaction. */
  removeBridge(network: Network): void {
    removeBridge(this.netlink, network, this.#mark);
  }

  /** The MTU of the way to the world where it is smaller than the network's; undefined where that holds. */
  routeMtuOf(network: Network): number | undefined {
    const outward = outwardMtu(this.netlink);
    return outward < bridgeMtu(this.netlink, network) ? outward : undefined;
  }

  /** Whether a container holds an address, or rules exist that a container may have left behind. */
  mayNeedRepair(): boolean {
    return this.hasLeases() || this.firewall.exists();
  }

  /** Whether a container holds an address. */
  hasLeases(): boolean {
    return listLeases(this.database).length > 0;
  }

  /** Enables forwarding again where another program disabled it. */
  async restoreForwarding(): Promise<void> {
    if (!isForwarding()) {
      this.#noteForwarding();
      const isStale = (): boolean => !this.firewall.isCurrent([]);
      if (isStale()) await this.rebuildRules(isStale);
    }
    for (const { bridge } of this.networksInUse()) if (findLink(this.netlink, bridge)) ensureForwarding(bridge);
  }

  /** Whether the table is complete. Asks the kernel; starts no process. */
  hasAllRules(): boolean {
    return this.firewall.isIntact(this.#contents());
  }

  /** The networks in use whose bridges are not as they should be. */
  damagedBridges(): Network[] {
    const addresses = listAddresses(this.netlink);
    return this.networksInUse().filter((network) => findBridge(this.netlink, network, addresses) === undefined);
  }

  /** The networks of links that another program has taken off their bridges. */
  networksWithStrayLinks(): Network[] {
    const links = new Map(listLinks(this.netlink).map((link) => [link.name, link]));
    const stray = listLeases(this.database).filter(({ network, link }) => {
      const bridge = links.get(this.networks.byId(network)?.bridge ?? '');
      const found = links.get(link);
      return bridge && found && found.master !== bridge.index;
    });
    const ids = new Set(stray.map(({ network }) => network));
    return this.networks.list().filter(({ id }) => ids.has(id));
  }

  /**
   * Repairs the bridges of networks, each for itself, and leaves what is whole alone.
   * @returns those that could not be repaired, and why
   */
  repairBridges(networks: readonly Network[]): { readonly network: Network; readonly reason: string }[] {
    return networks.flatMap((network) => {
      try {
        this.database.transaction(() => this.#buildBridge(network.id));
        ensureForwarding(network.bridge);
        return [];
      } catch (error) {
        return { network, reason: (error as Error).message };
      }
    });
  }

  /** Recreates the rules from the database. Flows of connections go on. */
  rebuildRules(isNeeded?: () => boolean): Promise<void> {
    return this.firewall.rebuild(() => this.#contents(), isNeeded);
  }

  /** Changes some elements of the rules, or recreates all where they are damaged. */
  async #changeRules(change: Parameters<FirewallTable['change']>[0]): Promise<void> {
    await this.firewall.change(change).catch(async (error: Error) => {
      if (isTimeout(error)) throw error;
      this.warn(`network: recreating the packet rules: ${error.message}`);
      await this.rebuildRules();
    });
  }

  /** Publishes ports, and takes others back: nothing else is touched, unless the table is damaged. */
  async changePorts({ add = [], remove = [] }: Partial<Record<'add' | 'remove', Contents['mappings']>>): Promise<void> {
    if (add.length + remove.length === 0) return;
    await this.#changeRules({ add: { mappings: add }, remove: { mappings: remove } });
  }

  /** Takes the rules of a network back, whose row is gone. What cannot be taken back goes when the rules are recreated. */
  async removeRules(network: Network): Promise<void> {
    if (!this.firewall.exists()) return;
    await this.#changeRules({ remove: { networks: [network] } }).catch((error: Error) =>
      this.warn(`network: rules of the network ${network.name} stay: ${error.message}`),
    );
  }

  networksInUse(): Network[] {
    const held = new Set(listLeases(this.database).map(({ network }) => network));
    return this.networks.list().filter(({ id }) => held.has(id));
  }

  /** Remembers for this boot that forwarding was off before this engine needed it: the rules close it for others. */
  #noteForwarding(): void {
    if (!isForwarding()) this.#settings.set('forwarding', bootId());
  }

  #build(id: string): BuiltNetwork {
    const before = this.networks.default();
    if (id !== before.id) return this.#buildBridge(id);
    const after = resolveDefaultSubnet(this.netlink, this.networks, this.config.subnet);
    const built = this.#buildBridge(id, before.gateway);
    if (before.gateway !== after.gateway) dropGateway(this.netlink, before);
    return built;
  }

  #buildBridge(id: string, formerGateway?: string): BuiltNetwork {
    const network = this.networks.get(id);
    const links = listLeases(this.database).filter((held) => held.network === id);
    const names = links.map(({ link }) => link);
    return { bridge: buildBridge(this.netlink, network, names, { mark: this.#mark, formerGateway }), network };
  }

  #contents(): Contents {
    const networks = this.networks.list().filter(({ subnet }) => subnet !== '');
    return { networks, mappings: portMappings(this.database) };
  }
}
