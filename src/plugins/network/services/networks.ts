import { randomBytes } from 'node:crypto';
import { GantryError, type Service } from '../../../kernel/index.js';
import { Config, Database, Events } from '../../system/index.js';
import {
  bridgePrefix,
  checkBridgeName,
  checkMtu,
  chooseSubnet,
  EndpointManager,
  IPV4_MIN_MTU,
  IPV6_MIN_MTU,
} from '../bridge/index.js';
import {
  type Endpoint,
  type EndpointSettings,
  type Network,
  NetworkManager,
  type NetworkOptions,
  type Networks,
  type PortMapping,
} from '../contracts/index.js';
import { detach } from '../host/index.js';
import { portMappings } from '../records/index.js';
import { checkNetworkName, refuseInUse, refusePredefined, refuseWithoutBridge } from './errors.js';
import { networkAddresses } from './network-addresses.js';

interface DeletedEndpoint {
  readonly link: string;
  readonly address: string;
  /** The default route and the ports were on it. */
  readonly hadGateway: boolean;
  readonly published: readonly PortMapping[];
}

/** User-defined networks: each is a row, a bridge, and a few elements of the nftables table. */
export class UserNetworks implements Networks, Service {
  readonly #endpoints: EndpointManager;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Events private readonly events: Events,
    // Creates the tables when it starts.
    @NetworkManager _manager: NetworkManager,
  ) {
    this.#endpoints = new EndpointManager(config, database, events);
  }

  async onStop(): Promise<void> {
    this.#endpoints.driver.close();
  }

  list(): readonly Network[] {
    return this.#endpoints.networks.list();
  }

  get(reference: string): Network {
    return this.#endpoints.networks.get(reference);
  }

  endpoints(of: { readonly holder: string } | { readonly network: string }): readonly Endpoint[] {
    return this.#endpoints.records.list(of);
  }

  async create(options: NetworkOptions): Promise<Network> {
    const { name, mtu, internal, labels, notes = {} } = options;
    checkNetworkName(name);
    // Packets that small carry no IPv6.
    const isSmall = mtu !== undefined && mtu < IPV6_MIN_MTU && !options.ipv6Subnet;
    checkMtu(mtu, isSmall ? IPV4_MIN_MTU : IPV6_MIN_MTU);
    const ipv6Subnet = isSmall ? '' : options.ipv6Subnet;
    if (options.bridge !== undefined) checkBridgeName(options.bridge);
    const { networks, driver } = this.#endpoints;
    const id = randomBytes(32).toString('hex');
    const network = this.database.transaction(() => {
      networks.refuseNameInUse(name);
      const subnet = chooseSubnet(driver.netlink, networks, options.subnet, Number.parseInt(id.slice(0, 8), 16));
      networks.insert({
        id,
        name,
        created: new Date(),
        subnet,
        ...networkAddresses(id, subnet, { ...options, ipv6Subnet }, networks.list()),
        bridge: this.#bridgeOf(id, options.bridge),
        mtu,
        internal,
        isDefault: false,
        labels,
        notes,
      });
      this.events.emit('network', 'create', id, { name, type: 'bridge' });
      return networks.get(id);
    });
    try {
      await driver.ensure(id);
    } catch (error) {
      this.#undo(network);
      throw error;
    }
    return network;
  }

  /** Deletes a network that could not be made. What cannot be taken away is a network still, which `network rm` removes. */
  #undo(network: Network): void {
    try {
      this.database.transaction(() => {
        this.#endpoints.networks.delete(network.id);
        this.events.emit('network', 'destroy', network.id, { name: network.name, type: 'bridge' });
        this.#endpoints.driver.removeBridge(network);
      });
    } catch {}
  }

  async remove(reference: string): Promise<void> {
    refuseWithoutBridge(reference, 'removed');
    const { networks, records, driver } = this.#endpoints;
    const removed = this.database.transaction(() => {
      const network = networks.get(reference);
      refusePredefined(network);
      refuseInUse(network, records.list({ network: network.id }));
      networks.delete(network.id);
      this.events.emit('network', 'destroy', network.id, { name: network.name, type: 'bridge' });
      driver.removeBridge(network);
      return network;
    });
    await driver.removeRules(removed);
  }

  async join(holder: string, settings: EndpointSettings): Promise<void> {
    refuseWithoutBridge(settings.network, 'joined');
    const { networks, records, driver, hostsFiles } = this.#endpoints;
    const network = networks.get(settings.network);
    const pid = records.processOf(holder);
    if (pid !== undefined) await driver.ensure(network.id);
    const lease = this.database.transaction(() => {
      if (!records.isRegistered(holder)) throw new GantryError('not found', `No such container: ${holder}`);
      records.add(holder, network, settings);
      return pid === undefined ? undefined : this.#endpoints.allocateMore(holder, network.id);
    });
    if (pid === undefined || !lease) return;
    try {
      await this.#endpoints.attach(holder, pid, [lease]);
      if (records.gatewayLease(holder)?.network === network.id)
        await driver.changePorts({ add: portMappings(this.database, holder) });
    } catch (error) {
      // What it still holds of that network, the container's end releases.
      await this.leave(holder, network.id).catch(() => {});
      throw error;
    }
    hostsFiles.refresh([network.id]);
  }

  async leave(holder: string, reference: string): Promise<void> {
    refuseWithoutBridge(reference, 'joined');
    const { networks, driver, hostsFiles } = this.#endpoints;
    const network = networks.get(reference);
    const left = this.database.transaction(() => this.#deleteEndpoint(network, holder));
    if (!left) return;
    detach(driver.netlink, left.link);
    if (left.hadGateway) {
      await driver.changePorts({ remove: left.published, add: portMappings(this.database, holder) });
      this.#endpoints.moveDefaultRoutes(holder);
    }
    hostsFiles.refresh([network.id], { of: holder, left: left.address });
  }

  /**
   * Deletes the rows of one endpoint. Joins the caller's transaction.
   * @returns undefined for a container that does not run; else its link to delete, and its ports as they were published
   */
  #deleteEndpoint(network: Network, holder: string): DeletedEndpoint | undefined {
    const { records } = this.#endpoints;
    const isOn = records.list({ holder }).some((endpoint) => endpoint.network.id === network.id);
    if (!isOn) throw new GantryError('not found', `container ${holder} is not connected to network ${network.name}`);
    const lease = records.leasesOf(holder).find((one) => one.network === network.id);
    const hadGateway = records.gatewayLease(holder)?.network === network.id;
    const published = hadGateway ? portMappings(this.database, holder) : [];
    records.remove(holder, network.id);
    if (!lease) return undefined;
    this.#endpoints.release(holder, lease);
    return { link: lease.link, address: lease.address, hadGateway, published };
  }

  /** @throws GantryError `conflict` where another network has a bridge of that name */
  #bridgeOf(id: string, asked: string | undefined): string {
    const other = this.list().find(({ bridge }) => bridge === asked);
    if (other) throw new GantryError('conflict', `the network ${other.name} has the bridge ${asked}`);
    if (asked !== undefined) return asked;
    return `${bridgePrefix(this.config)}${id.slice(0, 8)}`;
  }
}
