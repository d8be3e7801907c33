import type { Database } from '../../system/index.js';
import { integerToAddress } from '../addresses/index.js';

/** An address that a container holds, with the link that belongs to it. */
interface ListedLease {
  readonly holder: string;
  readonly network: string;
  readonly address: string;
  /** The name of the host's end of the container's link. */
  readonly link: string;
}

/** Lists the addresses that containers hold on all networks. */
export function listLeases(database: Database): ListedLease[] {
  const rows = database
    .prepare('SELECT holder, network, address, link FROM network_lease WHERE holder IS NOT NULL')
    .all();
  return rows.map(({ holder, network, address, link }) => ({
    holder: String(holder),
    network: String(network),
    address: integerToAddress(Number(address)),
    link: String(link),
  }));
}

/** Lists the host's ports that containers hold. */
export function listLeasedPorts(database: Database): { holder: string; protocol: string; port: number }[] {
  const rows = database.prepare('SELECT holder, protocol, port FROM network_port').all();
  return rows.map(({ holder, protocol, port }) => ({
    holder: String(holder),
    protocol: String(protocol),
    port: Number(port),
  }));
}

/** Lists the containers that hold an address or a port. */
export function listLeaseHolders(database: Database): string[] {
  const rows = database
    .prepare('SELECT holder FROM network_lease WHERE holder IS NOT NULL UNION SELECT holder FROM network_port')
    .all();
  return rows.map((row) => String(row['holder']));
}
