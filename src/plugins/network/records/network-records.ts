import { GantryError, resolveReference } from '../../../kernel/index.js';
import { type Config, type Database, parseJsonColumn } from '../../system/index.js';
import { gatewayOf, networkRange } from '../addresses/index.js';
import type { Network } from '../contracts/index.js';

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

  insert({ id, name, created, subnet, gateway, bridge, mtu, internal, labels }: Network): void {
    this.database
      .prepare(
        'INSERT INTO network (id, name, created, subnet, gateway, bridge, mtu, internal, labels) VALUES (?,?,?,?,?,?,?,?,?)',
      )
      .run(id, name, created.getTime(), subnet, gateway, bridge, mtu ?? null, internal ? 1 : 0, JSON.stringify(labels));
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
    return {
      id: String(row['id']),
      name,
      created: new Date(Number(row['created'])),
      subnet,
      gateway: String(row['gateway']) || (subnet && gatewayOf(networkRange(subnet))),
      bridge: String(row['bridge']) || this.config.bridge,
      mtu: name === DEFAULT_NAME ? this.config.mtu : typeof row['mtu'] === 'number' ? row['mtu'] : undefined,
      internal: row['internal'] === 1,
      isDefault: name === DEFAULT_NAME,
      labels: parseJsonColumn<Record<string, string>>(row['labels'], {}),
    };
  }
}
