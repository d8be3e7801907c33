import { GantryError } from '../../kernel/index.js';
import type { Database } from '../system/index.js';
import { type NetworkRange, networkRange, overlap, toAddress } from './addresses.js';
import { feedSync } from './tool.js';

/** Private ranges that no well-known tool takes by default: Docker takes 172.17 to 172.31, podman 10.88. */
const CANDIDATES = [
  ...[213, 214, 215, 216, 217, 218, 219].map((second) => `10.${second}.0.0/16`),
  ...[31, 30, 29, 28, 27].map((second) => `172.${second}.0.0/16`),
  '192.168.0.0/16',
];

/** Routes wider than this are a default route in parts, as VPNs set it. */
const WIDEST_NETWORK = 4;

/** The subnet that the database remembers, in CIDR form. */
export function rememberedSubnet(database: Database): string | undefined {
  const row = database.sql.prepare("SELECT value FROM network_setting WHERE name = 'subnet'").get();
  return row && String(row['value']);
}

/**
 * Settles the bridge's subnet, in the caller's transaction: the configured one, else the remembered one, else the first
 * candidate that collides with no route of the host.
 * @throws GantryError `invalid`, `conflict` where containers hold addresses of another subnet, `unavailable`
 */
export function settleSubnet(database: Database, configured: string | undefined, bridge: string): string {
  const remembered = rememberedSubnet(database);
  const subnet = configured === undefined ? (remembered ?? freeSubnet(bridge)) : normalised(configured);
  if (subnet === remembered) return subnet;
  const held = database.sql.prepare('SELECT 1 FROM network_address WHERE holder IS NOT NULL LIMIT 1').get();
  if (held) {
    throw new GantryError(
      'conflict',
      `the subnet cannot become ${subnet}: containers hold addresses of ${remembered}`,
      {
        hint: 'Stop all containers first',
      },
    );
  }
  database.sql.exec('DELETE FROM network_address');
  database.sql.prepare("INSERT OR REPLACE INTO network_setting VALUES ('subnet', ?)").run(subnet);
  return subnet;
}

/** The network that a configured subnet names. @throws GantryError `invalid` */
export function normalised(cidr: string): string {
  const { first, prefixLength } = networkRange(cidr);
  if (prefixLength < 8 || prefixLength > 30) {
    throw new GantryError('invalid', `invalid subnet: ${cidr}`, { hint: 'Give one between /8 and /30' });
  }
  return `${toAddress(first)}/${prefixLength}`;
}

function freeSubnet(bridge: string): string {
  const taken = routesBeside(bridge);
  const free = CANDIDATES.find((candidate) => !taken.some((route) => overlap(route, networkRange(candidate))));
  if (free === undefined) {
    throw new GantryError('unavailable', 'no subnet is free for the bridge: the host has routes to all candidates', {
      hint: 'Choose one yourself with GANTRY_SUBNET',
    });
  }
  return free;
}

function routesBeside(bridge: string): NetworkRange[] {
  const routes = JSON.parse(feedSync('ip', ['-j', '-4', 'route', 'show', 'table', 'all'])) as Record<string, unknown>[];
  return routes
    .filter(({ dst, dev }) => typeof dst === 'string' && dst !== 'default' && dev !== bridge)
    .map(({ dst }) => networkRange(String(dst).includes('/') ? String(dst) : `${dst}/32`))
    .filter(({ prefixLength }) => prefixLength >= WIDEST_NETWORK);
}
