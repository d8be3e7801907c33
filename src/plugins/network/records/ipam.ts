import { isIPv4 } from 'node:net';
import { GantryError } from '../../../kernel/index.js';
import type { Database } from '../../system/index.js';
import { addressToInteger, integerToAddress, networkRange } from '../addresses/index.js';
import type { Network } from '../contracts/index.js';

/** A container's request for an address. */
interface AddressRequest {
  readonly holder: string;
  /** Number of the container's link, from 0. */
  readonly position: number;
  /** Name of the host's end of the container's link. */
  readonly link: string;
  readonly mac: string | undefined;
  /** The address that the user chose; undefined: any. */
  readonly wanted: number | undefined;
}

/**
 * Addresses of one network that containers can lease: all but the subnet's own, the gateway's and the broadcast
 * address.
 */
export class AddressPool {
  constructor(
    private readonly database: Database,
    private readonly network: Pick<Network, 'id' | 'subnet' | 'gateway'> &
      Partial<Pick<Network, 'ipRange' | 'auxAddresses'>>,
  ) {}

  /**
   * Leases an address: the requested one, else the one that the container had before, else one that was never used, else
   * the one that was released longest ago.
   * @throws GantryError `unavailable`
   */
  allocate({ holder, position, link, mac, wanted }: AddressRequest): string {
    return this.database.transaction(() => {
      if (wanted !== undefined) this.#refuseTaken(wanted);
      const address = wanted ?? this.#ofBefore(holder) ?? this.#neverUsed() ?? this.#leastRecentlyFreed();
      if (address === undefined) {
        throw new GantryError('unavailable', 'No more IP addresses available', {
          hint: 'Stop a container, or use a network with a larger subnet',
        });
      }
      this.database
        .prepare(`INSERT INTO network_lease (network, address, holder, position, link, mac, asked)
          VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (network, address) DO UPDATE SET
            holder = excluded.holder, position = excluded.position, link = excluded.link, mac = excluded.mac, freed = NULL, last = NULL`)
        .run(this.network.id, address, holder, position, link, mac ?? null, wanted === undefined ? 0 : 1);
      return integerToAddress(address);
    });
  }

  #refuseTaken(wanted: number): void {
    const isOthers = Object.values(this.network.auxAddresses ?? {}).includes(integerToAddress(wanted));
    const held = this.database
      .prepare('SELECT 1 FROM network_lease WHERE network = ? AND address = ? AND holder IS NOT NULL')
      .get(this.network.id, wanted);
    if (held || isOthers) throw new GantryError('unavailable', `Address already in use: ${integerToAddress(wanted)}`);
  }

  /** Others may have noted it: proxies, pools of connections, firewalls. */
  #ofBefore(holder: string): number | undefined {
    const found = this.database
      .prepare('SELECT address FROM network_lease WHERE network = ? AND last = ? AND holder IS NULL')
      .get(this.network.id, holder);
    const address = found && Number(found['address']);
    const { first, last } = this.#range();
    const isFree = address !== undefined && first <= address && address <= last && !this.#reserved().has(address);
    return isFree ? address : undefined;
  }

  #neverUsed(): number | undefined {
    const kept = this.#reserved();
    const highest = this.database
      .prepare('SELECT address FROM network_lease WHERE network = ? AND asked = 0 ORDER BY address DESC LIMIT 1')
      .get(this.network.id)?.['address'];
    const { first, last } = this.#range();
    let next = typeof highest === 'number' ? Math.max(highest + 1, first) : first;
    while (kept.has(next)) next++;
    return next <= last ? next : undefined;
  }

  #leastRecentlyFreed(): number | undefined {
    const kept = this.#reserved();
    const { first, last } = this.#range();
    return this.database
      .prepare(`SELECT address FROM network_lease WHERE network = ? AND holder IS NULL AND +address BETWEEN ? AND ?
        ORDER BY freed LIMIT ?`)
      .all(this.network.id, first, last, kept.size + 1)
      .map(({ address }) => Number(address))
      .find((address) => !kept.has(address));
  }

  /** The first and the last address that is given to whoever asks for none. */
  #range(): { readonly first: number; readonly last: number } {
    const { subnet, ipRange = subnet } = this.network;
    const [whole, part] = [networkRange(subnet), networkRange(ipRange)];
    return { first: Math.max(whole.first + 1, part.first), last: Math.min(whole.last - 1, part.last) };
  }

  /** The gateway's address, those that belong to others, and those that containers request at each start. */
  #reserved(): Set<number> {
    const rows = this.database
      .prepare(`SELECT address FROM network_endpoint WHERE network = ? AND address IS NOT NULL
        UNION SELECT address FROM network_lease WHERE network = ? AND asked = 1`)
      .all(this.network.id, this.network.id);
    const { gateway, auxAddresses = {} } = this.network;
    const others = Object.values(auxAddresses).filter((address) => isIPv4(address));
    const given = [gateway, ...others].map(addressToInteger);
    return new Set([...given, ...rows.map(({ address }) => Number(address))]);
  }
}

/**
 * Releases a container's addresses, or that of one network: its own next start gets them back, others after every other
 * free one. Does nothing for a container without one.
 */
export function releaseAddresses(database: Database, holder: string, network?: string): void {
  const [where, values] = network === undefined ? ['', []] : ['AND network = ?', [network]];
  database.prepare(`DELETE FROM network_lease WHERE asked = 1 AND holder = ? ${where}`).run(holder, ...values);
  database
    .prepare(`UPDATE network_lease SET holder = NULL, position = NULL, link = NULL, mac = NULL, last = holder,
      freed = (SELECT coalesce(max(o.freed), 0) + 1 FROM network_lease o
        WHERE o.holder IS NULL AND o.network = network_lease.network) WHERE holder = ? ${where}`)
    .run(holder, ...values);
}
