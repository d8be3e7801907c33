import { GantryError, resolveReference } from '../../../kernel/index.js';
import { type Config, type Database, parseJsonColumn } from '../../system/index.js';
import { containerIpv6, defaultIpv6Subnet, gatewayOf, networkRange } from '../addresses/index.js';
import type { Network, NetworkNotes } from '../contracts/index.js';

const DEFAULT_NAME = 'bridge';

/** The rows of networks. */
export class NetworkRecords {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  default(): Network {
    return this.get(DEFAULT_NAME);
  }

  list(): Network[] {
    const rows = this.database.prepare('SELECT * FROM network ORDER BY name').all();
    return rows.map((row) => this.#fromRow(row));
  }

  byId(id: string): Network | undefined {
    const row = this.database.prepare('SELECT * FROM network WHERE id = ?').get(id);
    return row && this.#fromRow(row);
  }

  /** By name, id, or unambiguous id prefix. @throws GantryError `not found`, `conflict` */
  get(reference: string): Network {
    const byNameOrId = this.database.prepare('SELECT * FROM network WHERE name = ? OR id = ?');
    const byPrefix = this.database.prepare('SELECT * FROM network WHERE id >= ? AND id < ? LIMIT 2');
    const row = resolveReference(reference, {
      exact: () => byNameOrId.get(reference, reference),
      between: (first, end) => byPrefix.all(first, end),
      ambiguous: () =>
        new GantryError('conflict', `network ${reference} is ambiguous: several ids begin so`, {
          hint: 'Give more digits of the id, or the name',
        }),
      missing: () =>
        new GantryError('not found', `network ${reference} not found`, {
          hint: 'See `docker network ls`, or make it with `docker network create`',
        }),
    });
    return this.#fromRow(row);
  }

  /** @throws GantryError `conflict`, in Docker's words */
  refuseNameInUse(name: string): void {
    if (!this.database.prepare('SELECT 1 FROM network WHERE name = ?').get(name)) return;
    throw new GantryError('conflict', `network with name ${name} already exists`);
  }

  insert(network: Network): void {
    const { id, name, created, subnet, gateway, ipv6Subnet, ipv6Gateway, ipRange, bridge, mtu, internal } = network;
    const row = {
      ...{ id, name, created: created.getTime(), subnet, gateway, bridge, mtu: mtu ?? null },
      ...{ ipv6_subnet: ipv6Subnet, ipv6_gateway: ipv6Gateway, ip_range: ipRange ?? null },
      ...{ internal: internal ? 1 : 0, labels: JSON.stringify(network.labels) },
      ...{ aux_addresses: JSON.stringify(network.auxAddresses), notes: JSON.stringify(network.notes) },
    };
    const columns = Object.keys(row);
    const places = columns.map(() => '?').join(', ');
    this.database.prepare(`INSERT INTO network (${columns.join(', ')}) VALUES (${places})`).run(...Object.values(row));
  }

  /** Changes the subnet, and deletes the leases of the old one. */
  setSubnet(id: string, subnet: string, gateway: string): void {
    this.database.prepare('DELETE FROM network_lease WHERE network = ?').run(id);
    this.database.prepare('UPDATE network SET subnet = ?, gateway = ? WHERE id = ?').run(subnet, gateway, id);
  }

  delete(id: string): void {
    this.database.prepare('DELETE FROM network_lease WHERE network = ?').run(id);
    this.database.prepare('DELETE FROM network WHERE id = ?').run(id);
  }

  /** Whether a container holds an address of it. */
  isInUse(id: string): boolean {
    const held = this.database.prepare('SELECT 1 FROM network_lease WHERE network = ? AND holder IS NOT NULL LIMIT 1');
    return held.get(id) !== undefined;
  }

  #fromRow(row: Record<string, unknown>): Network {
    const name = String(row['name']);
    const subnet = String(row['subnet']);
    const id = String(row['id']);
    const gateway = String(row['gateway']) || (subnet && gatewayOf(networkRange(subnet)));
    const ipv6Subnet = typeof row['ipv6_subnet'] === 'string' ? row['ipv6_subnet'] : defaultIpv6Subnet(id);
    return {
      id,
      name,
      created: new Date(Number(row['created'])),
      subnet,
      gateway,
      ipv6Subnet,
      ipv6Gateway: String(row['ipv6_gateway'] ?? '') || (ipv6Subnet && gateway && containerIpv6(ipv6Subnet, gateway)),
      ipRange: typeof row['ip_range'] === 'string' ? row['ip_range'] : undefined,
      auxAddresses: parseJsonColumn<Record<string, string>>(row['aux_addresses'], {}),
      notes: parseJsonColumn<NetworkNotes>(row['notes'], {}),
      bridge: String(row['bridge']) || this.config.bridge,
      mtu: name === DEFAULT_NAME ? this.config.mtu : typeof row['mtu'] === 'number' ? row['mtu'] : undefined,
      internal: row['internal'] === 1,
      isDefault: name === DEFAULT_NAME,
      labels: parseJsonColumn<Record<string, string>>(row['labels'], {}),
    };
  }
}
