import { GantryError } from '../../kernel/index.js';
import type { Database } from '../system/index.js';

/** The addresses of a subnet, as unsigned 32-bit integers. */
export interface NetworkRange {
  readonly first: number;
  readonly last: number;
  readonly size: number;
  readonly prefixLength: number;
}

/** @throws GantryError `invalid` */
export function toInteger(address: string): number {
  const bytes = address.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255)) {
    throw new GantryError('invalid', `invalid IPv4 address: ${address}`);
  }
  return bytes.reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

export function toAddress(integer: number): string {
  return [24, 16, 8, 0].map((shift) => (integer >>> shift) & 255).join('.');
}

/** The range that an address in CIDR form lies in. @throws GantryError `invalid` */
export function networkRange(cidr: string): NetworkRange {
  const [address = '', length = ''] = cidr.split('/');
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32 || cidr.split('/').length !== 2) {
    throw new GantryError('invalid', `invalid CIDR address: ${cidr}`);
  }
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(toInteger(address) / size) * size;
  return { first, last: first + size - 1, size, prefixLength: Number(length) };
}

export function overlap(a: NetworkRange, b: NetworkRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The first address after the network's own. */
export function gatewayOf(range: NetworkRange): string {
  return toAddress(range.first + 1);
}

/** Docker's rule: 02:42 and the address, so that a neighbour's ARP cache stays right when an address is given again. */
export function macAddressOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}

/** The container addresses of one subnet: all but the network's, the gateway's and the broadcast address. */
export class AddressPool {
  constructor(
    private readonly database: Database,
    private readonly range: NetworkRange,
  ) {}

  /**
   * Gives `holder` an address: one never given before while there is one, then the one released longest ago.
   * @param link the name of the host's end of the holder's link
   * @throws GantryError `unavailable`
   */
  acquire(holder: string, link: string): string {
    return this.database.transaction(() => {
      const address = this.#neverGiven() ?? this.#longestFree();
      if (address === undefined) {
        throw new GantryError('unavailable', 'No more IP addresses available', {
          hint: 'Stop a container, or give the engine a larger subnet',
        });
      }
      this.database.sql
        .prepare(`INSERT INTO network_address (address, holder, link) VALUES (?, ?, ?)
          ON CONFLICT (address) DO UPDATE SET holder = excluded.holder, link = excluded.link, freed = NULL`)
        .run(address, holder, link);
      return toAddress(address);
    });
  }

  #neverGiven(): number | undefined {
    const highest = this.database.sql.prepare('SELECT max(address) AS value FROM network_address').get()?.['value'];
    const next = typeof highest === 'number' ? highest + 1 : this.range.first + 2;
    return next < this.range.last ? next : undefined;
  }

  #longestFree(): number | undefined {
    const free = this.database.sql
      .prepare('SELECT address FROM network_address WHERE holder IS NULL ORDER BY freed LIMIT 1')
      .get();
    return free && Number(free['address']);
  }
}

/** Queues a holder's address behind every other free one. Does nothing for a holder without one. */
export function releaseAddress(database: Database, holder: string): void {
  database.sql
    .prepare(`UPDATE network_address SET holder = NULL, link = NULL,
      freed = (SELECT coalesce(max(freed), 0) + 1 FROM network_address WHERE holder IS NULL) WHERE holder = ?`)
    .run(holder);
}
