import type { Config, Database } from '../system/index.js';
import { toAddress } from './addresses.js';
import { buildBridge, ensureForwarding, findBridge } from './bridge.js';
import { findLink, type Link } from './links.js';
import { NETLINK_ROUTE, NetlinkSocket } from './netlink.js';
import { PacketRules, type Publication } from './nftables.js';
import { normalised, rememberedSubnet, settleSubnet } from './subnet.js';

/** What containers stand on: the subnet, the bridge, the packet rules. Made when first needed, repaired when damaged. */
export class Ground {
  readonly rules: PacketRules;
  #routes: NetlinkSocket | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
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

  /** Looks, without a process or a lock, whether all is there, and makes what is missing. */
  ensure(): { readonly bridge: Link; readonly subnet: string } {
    const found = this.#find();
    if (found) {
      ensureForwarding(this.config.bridge);
      return found;
    }
    return this.database.transaction(() => this.#find() ?? this.#build());
  }

  /** Whether there is anything that could need repair: a container, or rules that one may have left. */
  isInUse(): boolean {
    return this.#links().length > 0 || this.rules.exist();
  }

  /** Makes bridge and rules anew from the database. */
  rebuild(): void {
    this.database.transaction(() => this.#build());
  }

  /** The ports of a holder, or of all, that are to be reachable. */
  publicationsOf(holder?: string): Publication[] {
    const rows = this.database.sql
      .prepare(`SELECT p.*, a.address AS target FROM network_port p JOIN network_address a ON a.holder = p.holder
        WHERE ${holder === undefined ? 'p.closing = 0' : 'p.holder = ?'} ORDER BY p.port`)
      .all(...(holder === undefined ? [] : [holder]));
    return rows.map((row) => ({
      protocol: row['protocol'] === 'udp' ? 'udp' : 'tcp',
      containerPort: Number(row['container_port']),
      hostPort: Number(row['port']),
      hostAddress: String(row['address']),
      containerAddress: toAddress(Number(row['target'])),
    }));
  }

  /** The name of the host's end of a holder's link. */
  linkOf(holder: string): string | undefined {
    const row = this.database.sql.prepare('SELECT link FROM network_address WHERE holder = ?').get(holder);
    return row && String(row['link']);
  }

  #find(): { readonly bridge: Link; readonly subnet: string } | undefined {
    const subnet = rememberedSubnet(this.database);
    const { subnet: configured } = this.config;
    if (subnet === undefined || (configured !== undefined && normalised(configured) !== subnet)) return undefined;
    const bridge = findBridge(this.routes, this.config.bridge, subnet);
    return bridge && this.rules.areCurrent(subnet) ? { bridge, subnet } : undefined;
  }

  #build(): { readonly bridge: Link; readonly subnet: string } {
    const { bridge: name, subnet: configured } = this.config;
    const subnet = settleSubnet(this.database, configured, name);
    this.rules.rebuild(subnet, this.publicationsOf());
    const bridge = buildBridge(
      this.routes,
      name,
      subnet,
      this.#links().filter((link) => findLink(this.routes, link)),
    );
    ensureForwarding(name);
    return { bridge, subnet };
  }

  #links(): string[] {
    const rows = this.database.sql.prepare('SELECT link FROM network_address WHERE holder IS NOT NULL').all();
    return rows.map((row) => String(row['link']));
  }
}
