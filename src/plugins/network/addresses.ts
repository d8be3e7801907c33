import { GantryError } from '../../kernel/index.js';
import type { Database } from '../system/index.js';
import { prepared } from './prepared.js';

/** The addresses of a subnet, as unsigned 32-bit integers. */
export interface NetworkRange {
  readonly first: number;
  readonly last: number;
  readonly size: number;
  readonly prefixLength: number;
}

/** @throws GantryError `invalid` */
export function addressToInteger(address: string): number {
  const bytes = address.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255)) {
    throw new GantryError('invalid', `invalid IPv4 address: ${address}`);
  }
  return bytes.reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

export function integerToAddress(integer: number): string {
  return [24, 16, 8, 0].map((shift) => (integer >>> shift) & 255).join('.');
}

/** The range that an address in CIDR form lies in. @throws GantryError `invalid` */
export function networkRange(cidr: string): NetworkRange {
  const [address = '', length = ''] = cidr.split('/');
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32 || cidr.split('/').length !== 2) {
    throw new GantryError('invalid', `invalid CIDR address: ${cidr}`);
  }
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(addressToInteger(address) / size) * size;
  return { first, last: first + size - 1, size, prefixLength: Number(length) };
}

export function rangesOverlap(a: NetworkRange, b: NetworkRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The first address after the network's own. */
export function gatewayOf(range: NetworkRange): string {
  return integerToAddress(range.first + 1);
}

/** Docker's rule: 02:42 and the address, so that a neighbour's ARP cache stays right when an address is given again. */
export function macAddressOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}

/** What a holder gets with an address. */
export interface AddressRequest {
  readonly holder: string;
  /** Which of the holder's links this is, from 0. */
  readonly position: number;
  /** The name of the host's end of the holder's link. */
  readonly link: string;
  readonly mac: string | undefined;
  /** The very address that it wants. */
  readonly wanted: number | undefined;
}

/** The container addresses of one network: all but the subnet's own, the gateway's and the broadcast address. */
export class AddressPool {
  constructor(
    private readonly database: Database,
    private readonly network: { readonly id: string; readonly subnet: string; readonly gateway: string },
  ) {}

  /**
   * Gives an address: the one that is wanted, else one never given before while there is one, else the one released
   * longest ago.
   * @throws GantryError `unavailable`
   */
  allocate({ holder, position, link, mac, wanted }: AddressRequest): string {
    return this.database.transaction(() => {
      if (wanted !== undefined) this.#refuseTaken(wanted);
      const address = wanted ?? this.#neverUsed() ?? this.#leastRecentlyFreed();
      if (address === undefined) {
        throw new GantryError('unavailable', 'No more IP addresses available', {
          hint: 'Stop a container, or use a network with a larger subnet',
        });
      }
      prepared(
        this.database,
        `INSERT INTO network_lease (network, address, holder, position, link, mac, asked)
          VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (network, address) DO UPDATE SET
            holder = excluded.holder, position = excluded.position, link = excluded.link, mac = excluded.mac, freed = NULL`,
      ).run(this.network.id, address, holder, position, link, mac ?? null, wanted === undefined ? 0 : 1);
      return integerToAddress(address);
    });
  }

  #refuseTaken(wanted: number): void {
    const held = prepared(
      this.database,
      'SELECT 1 FROM network_lease WHERE network = ? AND address = ? AND holder IS NOT NULL',
    ).get(this.network.id, wanted);
    if (held) throw new GantryError('unavailable', `Address already in use: ${integerToAddress(wanted)}`);
  }

  #neverUsed(): number | undefined {
    const kept = this.#reserved();
    const highest = prepared(
      this.database,
      'SELECT max(address) AS value FROM network_lease WHERE network = ? AND asked = 0',
    ).get(this.network.id)?.['value'];
    const { first, last } = networkRange(this.network.subnet);
    let next = typeof highest === 'number' ? highest + 1 : first + 1;
    while (kept.has(next)) next++;
    return next < last ? next : undefined;
  }

  #leastRecentlyFreed(): number | undefined {
    const kept = this.#reserved();
    return prepared(
      this.database,
      'SELECT address FROM network_lease WHERE network = ? AND holder IS NULL ORDER BY freed',
    )
      .all(this.network.id)
      .map(({ address }) => Number(address))
      .find((address) => !kept.has(address));
  }

  /** The gateway's, and those that somebody wants at each start. */
  #reserved(): Set<number> {
    const rows = prepared(
      this.database,
      `SELECT address FROM network_endpoint WHERE network = ? AND address IS NOT NULL
        UNION SELECT address FROM network_lease WHERE network = ? AND asked = 1`,
    ).all(this.network.id, this.network.id);
    return new Set([addressToInteger(this.network.gateway), ...rows.map(({ address }) => Number(address))]);
  }
}

/** Queues a holder's addresses, or that of one network, behind every other free one. Does nothing for a holder without one. */
export function releaseAddresses(database: Database, holder: string, network?: string): void {
  const [where, values] = network === undefined ? ['', []] : ['AND network = ?', [network]];
  prepared(database, `DELETE FROM network_lease WHERE asked = 1 AND holder = ? ${where}`).run(holder, ...values);
  prepared(
    database,
    `UPDATE network_lease SET holder = NULL, position = NULL, link = NULL, mac = NULL,
      freed = (SELECT coalesce(max(freed), 0) + 1 FROM network_lease WHERE holder IS NULL) WHERE holder = ? ${where}`,
  ).run(holder, ...values);
}
