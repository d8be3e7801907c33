import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { GantryError, type Service } from '../../kernel/index.js';
import { Config, Database, Events } from '../system/index.js';
import { gatewayOf, networkRange, toInteger } from './addresses.js';
import { checkMtu, removeBridge } from './bridge.js';
import {
  type Endpoint,
  type EndpointRequest,
  type Network,
  NetworkManager,
  type NetworkRequest,
  type Networks,
} from './contracts.js';
import { detach, setDefaultRoute } from './links.js';
import { checkNetworkName, refuseInUse, refusePredefined, refuseWithoutBridge } from './network-refusals.js';
import { Places } from './places.js';
import { bridgePrefix } from './strays.js';
import { subnetForNew } from './subnet.js';

/** Networks of the user's own: each is a row, a bridge, and a few elements of our one table. */
export class UserNetworks implements Networks, Service {
  readonly #places: Places;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Events private readonly events: Events,
    // It makes the tables when it starts.
    @NetworkManager _manager: NetworkManager,
  ) {
    this.#places = new Places(config, database, events);
  }

  async onStop(): Promise<void> {
    this.#places.ground.close();
  }

  list(): readonly Network[] {
    return this.#places.networks.list();
  }

  get(reference: string): Network {
    return this.#places.networks.get(reference);
  }

  endpoints(of: { readonly holder: string } | { readonly network: string }): readonly Endpoint[] {
    return this.#places.endpoints.list(of);
  }

  async create({ name, subnet: asked, gateway, mtu, internal, labels }: NetworkRequest): Promise<Network> {
    checkNetworkName(name);
    checkMtu(mtu);
    const { networks, ground } = this.#places;
    const id = randomBytes(32).toString('hex');
    const network = this.database.transaction(() => {
      networks.refuseTaken(name);
      const subnet = subnetForNew(networks, asked, Number.parseInt(id.slice(0, 8), 16));
      networks.insert({
        id,
        name,
        created: new Date(),
        subnet,
        gateway: gatewayIn(subnet, gateway),
        bridge: this.#bridgeOf(id),
        mtu,
        internal,
        isDefault: false,
        labels,
      });
      this.events.emit('network', 'create', id, { name, type: 'bridge' });
      return networks.get(id);
    });
    try {
      ground.ensure(id);
    } catch (error) {
      await this.remove(id).catch(() => this.#forget(network));
      throw error;
    }
    return network;
  }

  /** Takes back a network that the host let us neither make nor remove. */
  #forget({ id, name }: Network): void {
    this.database.transaction(() => {
      this.#places.networks.delete(id);
      this.events.emit('network', 'destroy', id, { name, type: 'bridge' });
    });
  }

  async remove(reference: string): Promise<void> {
    refuseWithoutBridge(reference, 'removed');
    const { networks, endpoints, ground } = this.#places;
    this.database.transaction(() => {
      const network = networks.get(reference);
      refusePredefined(network);
      refuseInUse(network, endpoints.list({ network: network.id }));
      networks.delete(network.id);
      this.events.emit('network', 'destroy', network.id, { name: network.name, type: 'bridge' });
      removeBridge(ground.routes, network.bridge);
      if (ground.rules.exist()) ground.rebuildRules();
    });
  }

  async join(holder: string, request: EndpointRequest): Promise<void> {
    refuseWithoutBridge(request.network, 'joined');
    const { networks, endpoints, ground, names } = this.#places;
    const network = networks.get(request.network);
    const pid = endpoints.processOf(holder);
    if (pid !== undefined) ground.ensure(network.id);
    const place = this.database.transaction(() => {
      if (!endpoints.isHeld(holder)) throw new GantryError('not found', `No such container: ${holder}`);
      endpoints.add(holder, network, request);
      const held = endpoints.heldBy(holder);
      if (pid === undefined) return undefined;
      const wish = endpoints.wishesOf(holder).find((one) => one.network === network.id);
      if (wish) this.#places.take(holder, (held.at(-1)?.position ?? -1) + 1, wish);
      return endpoints.heldBy(holder).find((one) => one.network === network.id);
    });
    if (pid === undefined || !place) return;
    try {
      this.#places.attach(holder, pid, [place]);
    } catch (error) {
      await this.leave(holder, network.id);
      throw error;
    }
    names.refresh([network.id]);
  }

  async leave(holder: string, reference: string): Promise<void> {
    refuseWithoutBridge(reference, 'joined');
    const { networks, endpoints, ground, names } = this.#places;
    const network = networks.get(reference);
    const pid = endpoints.processOf(holder);
    const { place, wasFirst, first } = this.database.transaction(() => {
      const isOn = endpoints.list({ holder }).some((endpoint) => endpoint.network.id === network.id);
      if (!isOn) throw new GantryError('not found', `container ${holder} is not connected to network ${network.name}`);
      const before = endpoints.heldBy(holder);
      const left = before.find((one) => one.network === network.id);
      endpoints.drop(holder, network.id);
      if (left) this.#places.give(holder, left);
      const wasFirst = left !== undefined && before[0] === left;
      if (wasFirst) ground.rebuildRules();
      return { place: left, wasFirst, first: endpoints.heldBy(holder)[0] };
    });
    if (!place) return;
    detach(ground.routes, place.link);
    const next = first && networks.byId(first.network);
    if (wasFirst && next && !next.internal && pid !== undefined)
      setDefaultRoute(pid, next.gateway, ground.routeMtuOf(next));
    names.refresh([network.id], holder);
  }

  #bridgeOf(id: string): string {
    return `${bridgePrefix(this.config)}${id.slice(0, 8)}`;
  }
}

function gatewayIn(subnet: string, asked: string | undefined): string {
  const range = networkRange(subnet);
  if (asked === undefined) return gatewayOf(range);
  const isInside = isIPv4(asked) && toInteger(asked) > range.first && toInteger(asked) < range.last;
  if (!isInside)
    throw new GantryError('invalid', `no matching subnet for gateway ${asked}`, {
      hint: `Give an address of ${subnet}`,
    });
  return asked;
}
