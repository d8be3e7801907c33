import { isIPv4 } from 'node:net';
import { bootId, isAlive, type ProcessIdentity } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { checkLookupName } from '../../../sysinit/files.js';
import { type Database, parseJsonColumn } from '../../system/index.js';
import { addressToInteger, containerIpv6, integerToAddress, macAddressOf, networkRange } from '../addresses/index.js';
import type { Endpoint, EndpointAddress, EndpointSettings, Network, NetworkLink, Sandbox } from '../contracts/index.js';
import { hostIpv6Mode } from '../host/index.js';
import type { NetworkRecords } from './network-records.js';

/** The address that a container asks for on one network. */
export interface RequestedAddress {
  readonly network: string;
  readonly wanted: number | undefined;
  readonly mac: string | undefined;
}

/** An address that a container holds. */
export interface AddressLease {
  readonly network: string;
  readonly position: number;
  readonly address: string;
  readonly link: string;
  readonly macAddress: string;
}

/** Rows of endpoints: which container joins which network, from its creation to its removal. */
export class EndpointRecords {
  constructor(
    private readonly database: Database,
    private readonly networks: NetworkRecords,
  ) {}

  /**
   * Registers a container. Networks that are not internal come first: the default route and the ports are on the first
   * endpoint.
   */
  register({ id, hosts }: Sandbox, requests: readonly EndpointSettings[]): void {
    this.#run('INSERT OR REPLACE INTO network_holder (holder, hosts) VALUES (?, ?)', id, hosts);
    const asked = requests.map((request) => ({ request, network: this.networks.get(request.network) }));
    asked.sort((one, other) => Number(one.network.internal) - Number(other.network.internal));
    for (const { request, network } of asked) this.add(id, network, request);
  }

  /** @throws GantryError `conflict`: it is on that network already; `invalid` */
  add(holder: string, network: Network, { names, address, macAddress, links = [] }: EndpointSettings): void {
    for (const name of names) checkLookupName(name);
    for (const { alias } of links) checkLookupName(alias);
    if (address !== undefined) checkAddress(network, address);
    const mac = macAddress === undefined ? null : parseMacAddress(macAddress);
    if (this.#get('SELECT 1 FROM network_endpoint WHERE network = ? AND holder = ?', network.id, holder)) {
      throw new GantryError(
        'conflict',
        `endpoint with name ${names[0] ?? holder} already exists in network ${network.name}`,
      );
    }
    const last = this.#get('SELECT max(position) AS value FROM network_endpoint WHERE holder = ?', holder)?.['value'];
    this.#run(
      'INSERT INTO network_endpoint VALUES (?, ?, ?, ?, ?, ?)',
      holder,
      typeof last === 'number' ? last + 1 : 0,
      network.id,
      JSON.stringify([...new Set(names)]),
      address === undefined ? null : addressToInteger(address),
      mac,
    );
    for (const { target, alias } of links) {
      this.#run('INSERT OR REPLACE INTO network_link VALUES (?, ?, ?, ?)', holder, network.id, target, alias);
    }
  }

  remove(holder: string, network: string): void {
    this.#run('DELETE FROM network_endpoint WHERE holder = ? AND network = ?', holder, network);
    this.#run('DELETE FROM network_link WHERE holder = ? AND network = ?', holder, network);
  }

  delete(holder: string): void {
    for (const table of ['network_endpoint', 'network_link', 'network_holder']) {
      this.#run(`DELETE FROM ${table} WHERE holder = ?`, holder);
    }
    this.#run('UPDATE network_lease SET last = NULL WHERE last = ?', holder);
  }

  isRegistered(holder: string): boolean {
    return this.#get('SELECT 1 FROM network_holder WHERE holder = ?', holder) !== undefined;
  }

  /** Its other names stay. */
  rename(holder: string, from: string, to: string): void {
    for (const { network, names } of this.list({ holder })) {
      const renamed = [...new Set(names.map((name) => (name === from ? to : name)))];
      const sql = 'UPDATE network_endpoint SET names = ? WHERE holder = ? AND network = ?';
      this.#run(sql, JSON.stringify(renamed), holder, network.id);
    }
  }

  /** The endpoints of a container as `register` reads them, to restore it later. */
  settingsOf(holder: string): EndpointSettings[] {
    const requested = new Map(this.requestedAddresses(holder).map((request) => [request.network, request]));
    return this.list({ holder }).map(({ network, names }) => {
      const { wanted, mac } = requested.get(network.id) ?? {};
      return {
        network: network.name,
        names,
        ...(wanted !== undefined && { address: integerToAddress(wanted) }),
        ...(mac !== undefined && { macAddress: mac }),
        links: this.#linksOf(holder, network.id),
      };
    });
  }

  #linksOf(holder: string, network: string): NetworkLink[] {
    const sql = 'SELECT target, alias FROM network_link WHERE holder = ? AND network = ? ORDER BY alias';
    return this.#all(sql, holder, network).map((row) => ({
      target: String(row['target']),
      alias: String(row['alias']),
    }));
  }

  /** The addresses that a container requests at its start, in order. */
  requestedAddresses(holder: string): RequestedAddress[] {
    return this.#all('SELECT * FROM network_endpoint WHERE holder = ? ORDER BY position', holder).map((row) => ({
      network: String(row['network']),
      wanted: row['address'] === null ? undefined : Number(row['address']),
      mac: row['mac'] === null ? undefined : String(row['mac']),
    }));
  }

  list(of: { readonly holder: string } | { readonly network: string }): Endpoint[] {
    const [column, value] = 'holder' in of ? ['holder', of.holder] : ['network', of.network];
    const rows = this.#all(
      `SELECT e.holder, e.network, e.names, l.address AS held, l.mac AS held_mac FROM network_endpoint e
        LEFT JOIN network_lease l ON l.network = e.network AND l.holder = e.holder
        WHERE e.${column} = ? ORDER BY e.position, e.holder`,
      value,
    );
    return rows.flatMap((row) => {
      const network = this.networks.byId(String(row['network']));
      if (!network) return [];
      const { held, held_mac: mac } = row;
      const ipv4 = typeof held === 'number' ? integerToAddress(held) : undefined;
      return {
        network,
        holder: String(row['holder']),
        names: parseJsonColumn<string[]>(row['names'], []),
        address: ipv4 === undefined ? undefined : endpointAddress(network, ipv4, mac),
      };
    });
  }

  /** The lease that a container's default route and ports are on: the first of a network that is not internal. */
  gatewayLease(holder: string): AddressLease | undefined {
    return this.leasesOf(holder).find(({ network }) => this.networks.byId(network)?.internal === false);
  }

  /** The leases of a container, in the order of its links. */
  leasesOf(holder: string): AddressLease[] {
    return this.#all('SELECT * FROM network_lease WHERE holder = ? ORDER BY position', holder).map((row) => {
      const address = integerToAddress(Number(row['address']));
      return {
        network: String(row['network']),
        position: Number(row['position']),
        address,
        link: String(row['link']),
        macAddress: row['mac'] === null ? macAddressOf(address) : String(row['mac']),
      };
    });
  }

  /** Records the process whose network namespace is the container's, while it runs. */
  setProcess(holder: string, { boot, pid, startTime }: ProcessIdentity): void {
    const sql = 'UPDATE network_holder SET boot = ?, pid = ?, pid_start = ? WHERE holder = ?';
    this.#run(sql, boot, pid, startTime, holder);
  }

  /** From now on it does not run, though its network namespace may still be held. */
  forgetProcess(holder: string): void {
    this.#run('UPDATE network_holder SET boot = NULL, pid = NULL, pid_start = NULL WHERE holder = ?', holder);
  }

  /** The process whose network namespace is the container's; undefined where it does not run. */
  processOf(holder: string): number | undefined {
    const row = this.#get('SELECT * FROM network_holder WHERE holder = ? AND pid IS NOT NULL', holder);
    if (!row) return undefined;
    // A row of an older engine has no boot: its process counts as this boot's.
    const boot = row['boot'] === null ? bootId() : String(row['boot']);
    const identity = { boot, pid: Number(row['pid']), startTime: Number(row['pid_start']) };
    return isAlive(identity) ? identity.pid : undefined;
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.database.prepare(sql).run(...values);
  }

  #get(sql: string, ...values: string[]): Record<string, unknown> | undefined {
    return this.database.prepare(sql).get(...values);
  }

  #all(sql: string, ...values: (string | undefined)[]): Record<string, unknown>[] {
    return this.database.prepare(sql).all(...values.map((value) => value ?? ''));
  }
}

function endpointAddress(network: Network, ipv4: string, mac: unknown): EndpointAddress {
  const { prefixLength } = networkRange(network.subnet);
  const hasIpv6 = network.ipv6Subnet !== '' && hostIpv6Mode() !== 'none';
  const ipv6 = hasIpv6 ? containerIpv6(network.ipv6Subnet, ipv4) : '';
  return { ipv4, prefixLength, ipv6, macAddress: typeof mac === 'string' ? mac : macAddressOf(ipv4) };
}

function checkAddress(network: Network, address: string): void {
  if (!isIPv4(address)) throw new GantryError('invalid', `invalid IPv4 address: ${address}`);
  if (network.isDefault) {
    throw new GantryError('invalid', 'user specified IP address is supported on user defined networks only', {
      hint: 'Make one with `docker network create --subnet`',
    });
  }
  const { first, last } = networkRange(network.subnet);
  const value = addressToInteger(address);
  if (value <= first || value >= last || address === network.gateway) {
    throw new GantryError(
      'invalid',
      `no configured subnet contains IP address ${address}: it is none of ${network.name}`,
      {
        hint: `Give one of ${network.subnet} that is not the gateway's, ${network.gateway}`,
      },
    );
  }
}

/**
 * A MAC address with colons: `02-42-ac-11-00-99` and `0242.ac11.0099` are such, too. The kernel refuses multicast addresses and
 * the address zero.
 */
function parseMacAddress(mac: string): string {
  const digits = /^[0-9a-f]{2}([:-])([0-9a-f]{2}\1){4}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(mac)
    ? mac.replace(/[:.-]/g, '').toLowerCase()
    : '';
  const isGroup = (Number.parseInt(digits.slice(0, 2), 16) & 1) === 1;
  if (/^0*$/.test(digits) || isGroup) throw new GantryError('invalid', `invalid MAC address: ${mac}`);
  return digits.match(/../g)?.join(':') ?? '';
}
