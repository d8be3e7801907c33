import type { Database } from '../../system/index.js';
import { containerIpv6, defaultIpv6Subnet, hasIpv6Form, integerToAddress } from '../addresses/index.js';
import type { PortMapping, PortProtocol } from '../contracts/index.js';
import { hostIpv6Mode } from '../host/index.js';

/** Lists the published ports of one container, or of all that are not being closed, with the address that the default route is on. */
export function portMappings(database: Database, holder?: string): PortMapping[] {
  const rows = database
    .prepare(`SELECT p.*, l.address AS target, n.id AS network, n.ipv6_subnet FROM network_port p
        JOIN network_lease l ON l.holder = p.holder
          AND l.position = (SELECT min(o.position) FROM network_lease o JOIN network w ON w.id = o.network
            WHERE o.holder = p.holder AND w.internal = 0)
        JOIN network n ON n.id = l.network
        WHERE ${holder === undefined ? 'p.closing = 0' : 'p.holder = ?'} ORDER BY p.port`)
    .all(...(holder === undefined ? [] : [holder]));
  const hasIpv6 = rows.length > 0 && hostIpv6Mode() !== 'none';
  return rows.map((row) => {
    const subnet = String(row['ipv6_subnet'] ?? defaultIpv6Subnet(String(row['network'])));
    return {
      protocol: String(row['protocol']) as PortProtocol,
      containerPort: Number(row['container_port']),
      hostPort: Number(row['port']),
      hostAddress: String(row['address']),
      containerAddress: integerToAddress(Number(row['target'])),
      containerIpv6:
        hasIpv6 && subnet && (row['every_family'] === 1 || hasIpv6Form(String(row['address'])))
          ? containerIpv6(subnet, integerToAddress(Number(row['target'])))
          : undefined,
    };
  });
}
