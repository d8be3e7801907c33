import { randomBytes } from 'node:crypto';
import { GantryError, type Service } from '../../kernel/index.js';
import { Config, Database, Log } from '../system/index.js';
import { AddressPool, gatewayOf, macAddressOf, networkRange, releaseAddress } from './addresses.js';
import { checkBridgeName } from './bridge.js';
import type { Lease, NetworkManager, PortRequest } from './contracts.js';
import { Ground } from './ground.js';
import { attach, bringLoopbackUp } from './links.js';
import { isErrno } from './netlink.js';
import { PortTable } from './ports.js';
import { MIGRATIONS } from './schema.js';
import { rememberedSubnet } from './subnet.js';

/** One bridge with an address for each container, and the host's ports that lead to them. */
export class BridgeNetworkManager implements NetworkManager, Service {
  readonly #ground: Ground;
  readonly #ports: PortTable;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Log private readonly log: Log,
  ) {
    this.#ground = new Ground(config, database);
    this.#ports = new PortTable(database);
  }

  async onStart(): Promise<void> {
    checkBridgeName(this.config.bridge);
    this.database.migrate('network', MIGRATIONS);
  }

  async onStop(): Promise<void> {
    this.#ground.close();
  }

  async allocate(holder: string, ports: readonly PortRequest[]): Promise<Lease> {
    await this.release(holder);
    const { subnet } = this.#ground.ensure();
    const range = networkRange(subnet);
    return this.database.transaction(() => {
      const address = new AddressPool(this.database, range).acquire(holder, `veth${randomBytes(4).toString('hex')}`);
      return {
        address,
        prefixLength: range.prefixLength,
        gateway: gatewayOf(range),
        macAddress: macAddressOf(address),
        ports: this.#ports.acquire(holder, ports),
      };
    });
  }

  async connect(holder: string, lease: Lease, pid: number): Promise<void> {
    const publishing = this.#publish(holder, lease);
    try {
      this.#attach(holder, lease, pid);
    } finally {
      await publishing;
    }
  }

  async isolate(pid: number): Promise<void> {
    bringLoopbackUp(pid);
  }

  async release(holder: string): Promise<void> {
    const closing = this.database.transaction(() => {
      const publications = this.#ground.publicationsOf(holder);
      if (publications.length === 0) this.#forget(holder);
      else this.#ports.close(holder);
      return publications;
    });
    if (closing.length === 0) return;
    await this.#ground.rules.unpublish(closing).catch((error: unknown) => this.#repairRules(error));
    this.database.transaction(() => this.#forget(holder));
  }

  async reconcile(live: readonly string[]): Promise<void> {
    this.database.transaction(() => {
      const stale = this.#holders().filter((holder) => !live.includes(holder));
      for (const holder of stale) this.#forget(holder);
      if (stale.length > 0) this.log.info(`network: released the leases of ${stale.length} lost containers`);
    });
    if (this.#ground.isInUse()) this.#ground.rebuild();
  }

  async describe(): Promise<{ readonly bridge: string; readonly subnet: string }> {
    const subnet = this.config.subnet ?? rememberedSubnet(this.database) ?? 'chosen at first use';
    return { bridge: this.config.bridge, subnet };
  }

  #attach(holder: string, lease: Lease, pid: number): void {
    const { bridge } = this.#ground.ensure();
    const link = this.#ground.linkOf(holder);
    if (link === undefined) throw new GantryError('conflict', `container ${holder} has no lease`);
    try {
      attach(this.#ground.routes, pid, { ...lease, link, bridge });
    } catch (error) {
      if (!isMissingProcess(error)) throw error;
      throw new GantryError('unavailable', `container ${holder} ended before it had a network`, { cause: error });
    }
  }

  async #publish(holder: string, lease: Lease): Promise<void> {
    if (lease.ports.length === 0) return;
    await this.#ground.rules
      .publish(this.#ground.publicationsOf(holder))
      .catch((error: unknown) => this.#repairRules(error));
  }

  /** Something else changed our table. It is made anew from the leases, this one among them. */
  #repairRules(error: unknown): void {
    this.log.warn(`network: making the packet rules anew: ${(error as Error).message}`);
    this.#ground.rebuild();
  }

  #holders(): string[] {
    const rows = this.database.sql
      .prepare('SELECT holder FROM network_address WHERE holder IS NOT NULL UNION SELECT holder FROM network_port')
      .all();
    return rows.map((row) => String(row['holder']));
  }

  #forget(holder: string): void {
    releaseAddress(this.database, holder);
    this.#ports.release(holder);
  }
}

function isMissingProcess(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || isErrno(error, 'ESRCH');
}
