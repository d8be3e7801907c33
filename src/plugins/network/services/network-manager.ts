import { GantryError, type Service } from '../../../kernel/index.js';
import { Config, Database, Events, Log } from '../../system/index.js';
import { networkRange } from '../addresses/index.js';
import { checkBridgeName, checkMtu, EndpointManager, findOrphans, Reconciler } from '../bridge/index.js';
import type { EndpointSettings, Lease, NetworkManager, PortBinding, Sandbox } from '../contracts/index.js';
import { bringLoopbackUp, flushConntrack, isDenied, setSysctls, silence } from '../host/index.js';
import { listLeaseHolders, MIGRATIONS, PortAllocator, portMappings } from '../records/index.js';

/** Bridges with an address for each container, and the host's ports that lead to them. */
export class BridgeNetworkManager implements NetworkManager, Service {
  readonly #endpoints: EndpointManager;
  readonly #ports: PortAllocator;
  readonly #reconciler: Reconciler;
  #releaseFailure: string | undefined;
  #lastWarning: string | undefined;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Log private readonly log: Log,
    @Events events: Events,
  ) {
    this.#endpoints = new EndpointManager(config, database, events);
    this.#endpoints.driver.warn = (message) => this.#warn(message);
    this.#ports = new PortAllocator(database);
    this.#reconciler = new Reconciler(this.#endpoints, log);
  }

  async onStart(): Promise<void> {
    checkBridgeName(this.config.bridge);
    checkMtu(this.config.mtu);
    this.database.migrate('network', MIGRATIONS);
  }

  async onStop(): Promise<void> {
    this.#reconciler.stop();
    this.#endpoints.driver.close();
  }

  registerEndpoints(sandbox: Sandbox, endpoints: readonly EndpointSettings[]): void {
    this.#endpoints.records.register(sandbox, endpoints);
  }

  deleteEndpoints(holder: string): readonly EndpointSettings[] | undefined {
    const { records } = this.#endpoints;
    const settings = records.isRegistered(holder) ? records.settingsOf(holder) : undefined;
    records.delete(holder);
    return settings;
  }

  rename(holder: string, from: string, to: string): void {
    const { records, hostsFiles } = this.#endpoints;
    records.rename(holder, from, to);
    hostsFiles.refresh(records.leasesOf(holder).map(({ network }) => network));
  }

  async allocate(holder: string, ports: readonly PortBinding[]): Promise<Lease> {
    await this.release(holder);
    const { driver, networks, records } = this.#endpoints;
    const requested = records.requestedAddresses(holder);
    if (requested.length === 0) {
      if (records.isRegistered(holder)) throw notOnAnyNetwork(holder);
      requested.push({ network: networks.default().id, wanted: undefined, mac: undefined });
    }
    const lease = async (): Promise<Lease> => {
      for (const { network } of requested) await driver.ensure(networks.get(network).id);
      return this.database.transaction(work);
    };
    const work = (): Lease => {
      for (const [position, request] of requested.entries()) this.#endpoints.allocate(holder, position, request);
      const outward = records.gatewayLease(holder);
      const [first = outward] = outward ? [outward] : records.leasesOf(holder);
      if (!first) throw notOnAnyNetwork(holder);
      const { subnet, gateway } = networks.get(first.network);
      return {
        address: first.address,
        prefixLength: networkRange(subnet).prefixLength,
        gateway,
        macAddress: first.macAddress,
        // Nobody outside reaches an internal network.
        ports: this.#ports.allocate(holder, outward ? ports : []),
      };
    };
    return this.database.patiently(lease);
  }

  async connect(
    holder: string,
    lease: Lease,
    pid: number,
    sysctls: readonly (readonly [name: string, value: string])[] = [],
  ): Promise<void> {
    const publishing = this.#publish(holder, lease);
    try {
      const { records } = this.#endpoints;
      const held = records.leasesOf(holder);
      if (held.length === 0) throw new GantryError('conflict', `container ${holder} has no lease`);
      await this.#endpoints.attach(holder, pid, held);
      await this.#attachLate(holder, pid);
      if (sysctls.length > 0) setSysctls(pid, sysctls);
      this.#endpoints.hostsFiles.refresh(held.map(({ network }) => network));
    } catch (error) {
      await Promise.allSettled([publishing]);
      throw error;
    }
    await publishing;
  }

  /** Networks that a container was connected to since its addresses were leased: it did not count as running. */
  async #attachLate(holder: string, pid: number): Promise<void> {
    const { records, driver } = this.#endpoints;
    for (const { network } of records.requestedAddresses(holder)) {
      if (records.leasesOf(holder).some((lease) => lease.network === network)) continue;
      await driver.ensure(network);
      const lease = this.database.transaction(() => this.#endpoints.allocateMore(holder, network));
      if (lease) await this.#endpoints.attach(holder, pid, [lease]);
      this.#endpoints.hostsFiles.refresh([network]);
    }
  }

  async loopbackOnly(pid: number): Promise<void> {
    try {
      bringLoopbackUp(pid);
    } catch (error) {
      if (!isDenied(error)) throw error;
      this.log.warn(`network: without CAP_NET_ADMIN the loopback device of process ${pid} stays down`);
    }
  }

  release(holder: string): Promise<void> {
    return this.#release(() => [holder]);
  }

  async releaseStale(live: () => ReadonlySet<string>): Promise<void> {
    const stale = (): string[] => {
      const holders = this.leaseHolders();
      const running = holders.length > 0 ? live() : new Set<string>();
      return holders.filter((holder) => !running.has(holder));
    };
    // Mostly there is none, and no write lock is needed to see that.
    if (stale().length > 0) await this.#release(stale);
  }

  releaseFailure(): string | undefined {
    return this.#releaseFailure;
  }

  async #release(holders: () => readonly string[]): Promise<void> {
    try {
      await this.database.patiently(() => this.#unpublishAndRelease(holders));
      this.#releaseFailure = undefined;
    } catch (error) {
      this.#releaseFailure = (error as Error).message;
      throw error;
    }
  }

  /**
   * Ports leave the packet rules before they are free.
   * @param holders is asked again in the second transaction: one of them may run again
   */
  async #unpublishAndRelease(holders: () => readonly string[]): Promise<void> {
    const closing = this.database.transaction(() => {
      const published = new Map(holders().map((holder) => [holder, portMappings(this.database, holder)]));
      for (const [holder, mappings] of published) {
        if (mappings.length === 0) this.#releaseAll(holder);
        else this.#ports.close(holder);
      }
      return [...published].filter(([, mappings]) => mappings.length > 0);
    });
    if (closing.length === 0) return;
    await this.#endpoints.driver.changePorts({ remove: closing.flatMap(([, published]) => published) });
    const closed = new Set(closing.map(([holder]) => holder));
    this.database.transaction(() => {
      for (const holder of holders()) if (closed.has(holder)) this.#releaseAll(holder);
    });
  }

  async reconcile(live: readonly string[]): Promise<void> {
    const { driver } = this.#endpoints;
    const closed = this.database.transaction(() => {
      const stale = this.leaseHolders().filter((holder) => !live.includes(holder));
      const mappings = stale.flatMap((holder) => portMappings(this.database, holder));
      for (const holder of stale) this.#releaseAll(holder);
      if (stale.length > 0)
        this.log.info(`network: released the leases of ${stale.length} containers that no longer run`);
      return mappings;
    });
    // What fails is no reason for a daemon not to start: the reconciler tries again.
    if (driver.mayNeedRepair()) await this.#reconciler.repairAll();
    this.#attempt(() => flushConntrack(closed));
    this.#attempt(() => this.#endpoints.hostsFiles.refresh(this.#endpoints.networks.list().map(({ id }) => id)));
    if (this.config.daemon) this.#reconciler.start();
  }

  #attempt(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      this.log.warn(`network: ${(error as Error).message}`);
    }
  }

  async orphans(live: readonly string[]): Promise<readonly string[]> {
    return findOrphans(this.#endpoints, this.database, this.config, live);
  }

  async describe(): Promise<{ bridge: string; subnet: string; warnings: readonly string[] }> {
    const subnet = this.config.subnet ?? (this.#endpoints.networks.default().subnet || 'chosen at first use');
    return { bridge: this.config.bridge, subnet, warnings: await this.#warnings() };
  }

  /** Without nft there is nothing to warn of yet: the start of the first container reports what is missing. */
  #warnings(): Promise<readonly string[]> {
    return this.#reconciler.warnings().catch(() => []);
  }

  async #publish(holder: string, lease: Lease): Promise<void> {
    if (lease.ports.length === 0) return;
    await this.#endpoints.driver.changePorts({ add: portMappings(this.database, holder) });
  }

  /** A release is tried again and again. */
  #warn(message: string): void {
    if (message !== this.#lastWarning) this.log.warn(message);
    this.#lastWarning = message;
  }

  leaseHolders(): readonly string[] {
    return listLeaseHolders(this.database);
  }

  #releaseAll(holder: string): void {
    // Another process may hold the network namespace: the address is given to others.
    const { records, driver } = this.#endpoints;
    for (const { link } of records.leasesOf(holder)) this.#attempt(() => silence(driver.netlink, link));
    const networks = this.#endpoints.release(holder);
    records.forgetProcess(holder);
    this.#ports.release(holder);
    // A hosts file that cannot be written keeps no address.
    this.#attempt(() => this.#endpoints.hostsFiles.refresh(networks));
  }
}

function notOnAnyNetwork(holder: string): GantryError {
  return new GantryError('unavailable', `container ${holder} is on no network`, {
    hint: 'Put it on one with `docker network connect`',
  });
}
