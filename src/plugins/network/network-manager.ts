import { GantryError, type Service } from '../../kernel/index.js';
import { Config, Database, Events, Log } from '../system/index.js';
import { networkRange } from './addresses.js';
import { checkBridgeName, checkMtu } from './bridge.js';
import type { EndpointRequest, Holder, Lease, NetworkManager, PortRequest } from './contracts.js';
import { forgetFlows } from './flows.js';
import { bringLoopbackUp } from './links.js';
import { Patrol } from './patrol.js';
import { Places } from './places.js';
import { PortTable } from './ports.js';
import { prepared } from './prepared.js';
import { isDenied } from './restrictions.js';
import { MIGRATIONS } from './schema.js';
import { strays } from './strays.js';

/** Bridges with an address for each container, and the host's ports that lead to them. */
export class BridgeNetworkManager implements NetworkManager, Service {
  readonly #places: Places;
  readonly #ports: PortTable;
  readonly #patrol: Patrol;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Log private readonly log: Log,
    @Events events: Events,
  ) {
    this.#places = new Places(config, database, events);
    this.#ports = new PortTable(database);
    this.#patrol = new Patrol(this.#places, log);
  }

  async onStart(): Promise<void> {
    checkBridgeName(this.config.bridge);
    checkMtu(this.config.mtu);
    this.database.migrate('network', MIGRATIONS);
  }

  async onStop(): Promise<void> {
    this.#patrol.stop();
    this.#places.ground.close();
  }

  hold(holder: Holder, endpoints: readonly EndpointRequest[]): void {
    this.#places.endpoints.hold(holder, endpoints);
  }

  forget(holder: string): readonly EndpointRequest[] | undefined {
    const { endpoints } = this.#places;
    const requests = endpoints.isHeld(holder) ? endpoints.requestsOf(holder) : undefined;
    endpoints.forget(holder);
    return requests;
  }

  rename(holder: string, from: string, to: string): void {
    const { endpoints, names } = this.#places;
    endpoints.rename(holder, from, to);
    names.refresh(endpoints.heldBy(holder).map(({ network }) => network));
  }

  async allocate(holder: string, ports: readonly PortRequest[]): Promise<Lease> {
    await this.release(holder);
    const { ground, networks, endpoints } = this.#places;
    const wishes = endpoints.wishesOf(holder);
    if (wishes.length === 0) {
      if (endpoints.isHeld(holder)) throw onNoNetwork(holder);
      wishes.push({ network: networks.default().id, wanted: undefined, mac: undefined });
    }
    for (const { network } of wishes) ground.ensure(networks.get(network).id);
    return this.database.transaction(() => {
      for (const [position, wish] of wishes.entries()) this.#places.take(holder, position, wish);
      const [first] = endpoints.heldBy(holder);
      if (!first) throw onNoNetwork(holder);
      const { subnet, gateway } = networks.get(first.network);
      return {
        address: first.address,
        prefixLength: networkRange(subnet).prefixLength,
        gateway,
        macAddress: first.macAddress,
        ports: this.#ports.acquire(holder, ports),
      };
    });
  }

  async connect(holder: string, lease: Lease, pid: number): Promise<void> {
    const publishing = this.#publish(holder, lease);
    try {
      const held = this.#places.endpoints.heldBy(holder);
      if (held.length === 0) throw new GantryError('conflict', `container ${holder} has no lease`);
      this.#places.attach(holder, pid, held);
      this.#places.names.refresh(held.map(({ network }) => network));
    } finally {
      await publishing;
    }
  }

  async isolate(pid: number): Promise<void> {
    try {
      bringLoopbackUp(pid);
    } catch (error) {
      if (!isDenied(error)) throw error;
      this.log.warn(`network: without CAP_NET_ADMIN the loopback device of process ${pid} stays down`);
    }
  }

  async release(holder: string): Promise<void> {
    const closing = this.database.transaction(() => {
      const publications = this.#places.ground.publicationsOf(holder);
      if (publications.length === 0) this.#giveBack(holder);
      else this.#ports.close(holder);
      return publications;
    });
    if (closing.length === 0) return;
    await this.#places.ground.rules.unpublish(closing).catch((error: unknown) => this.#repairRules(error));
    this.database.transaction(() => this.#giveBack(holder));
  }

  async reconcile(live: readonly string[]): Promise<void> {
    const { ground } = this.#places;
    const closed = this.database.transaction(() => {
      const stale = this.holders().filter((holder) => !live.includes(holder));
      const publications = stale.flatMap((holder) => ground.publicationsOf(holder));
      for (const holder of stale) this.#giveBack(holder);
      if (stale.length > 0) this.log.info(`network: released the leases of ${stale.length} lost containers`);
      return publications;
    });
    if (ground.isInUse()) ground.rebuild();
    forgetFlows(closed);
    this.#places.names.refresh(this.#places.networks.list().map(({ id }) => id));
    if (this.config.daemon) this.#patrol.start();
  }

  strays(live: readonly string[]): Promise<readonly string[]> {
    return strays(this.#places, this.database, this.config, live);
  }

  async describe(): Promise<{ bridge: string; subnet: string; warnings: readonly string[] }> {
    const subnet = this.config.subnet ?? (this.#places.networks.default().subnet || 'chosen at first use');
    return { bridge: this.config.bridge, subnet, warnings: await this.#warnings() };
  }

  /** Without nft there is nothing to warn of yet: the first container says what is missing. */
  #warnings(): Promise<readonly string[]> {
    return this.#patrol.warnings().catch(() => []);
  }

  async #publish(holder: string, lease: Lease): Promise<void> {
    if (lease.ports.length === 0) return;
    const { ground } = this.#places;
    await ground.rules.publish(ground.publicationsOf(holder)).catch((error: unknown) => this.#repairRules(error));
  }

  /** Something else changed our table. It is made anew from the leases, this one among them. */
  #repairRules(error: unknown): void {
    this.log.warn(`network: making the packet rules anew: ${(error as Error).message}`);
    this.#places.ground.rebuild();
  }

  holders(): readonly string[] {
    const rows = prepared(
      this.database,
      'SELECT holder FROM network_lease WHERE holder IS NOT NULL UNION SELECT holder FROM network_port',
    ).all();
    return rows.map((row) => String(row['holder']));
  }

  #giveBack(holder: string): void {
    const networks = this.#places.give(holder);
    this.#ports.release(holder);
    this.#places.names.refresh(networks);
  }
}

function onNoNetwork(holder: string): GantryError {
  return new GantryError('unavailable', `container ${holder} is on no network`, {
    hint: 'Put it on one with `docker network connect`',
  });
}
