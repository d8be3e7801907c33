import { randomBytes } from 'node:crypto';
import { identify } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { Config, Database, Events } from '../../system/index.js';
import { containerIpv6Bytes, ipv6AddressBytes, networkRange } from '../addresses/index.js';
import type { Network } from '../contracts/index.js';
import { type Attachment, attach, hostIpv6Mode, isErrno, setDefaultRoutes } from '../host/index.js';
import { HostsFiles } from '../names/index.js';
import {
  type AddressLease,
  AddressPool,
  EndpointRecords,
  listLeases,
  NetworkRecords,
  type RequestedAddress,
  releaseAddresses,
} from '../records/index.js';
import { BridgeDriver } from './bridge-driver.js';

/** Endpoints of containers, from rows to links: shared by `NetworkManager` and `Networks`. */
export class EndpointManager {
  readonly networks: NetworkRecords;
  readonly records: EndpointRecords;
  readonly hostsFiles: HostsFiles;
  readonly driver: BridgeDriver;

  constructor(
    config: Config,
    private readonly database: Database,
    private readonly events: Events,
  ) {
    this.networks = new NetworkRecords(config, database);
    this.records = new EndpointRecords(database, this.networks);
    this.hostsFiles = new HostsFiles(database, this.networks);
    this.driver = new BridgeDriver(config, database, this.networks);
  }

  /** Leases an address of a network. Joins the caller's transaction; the caller has called `driver.ensure`. */
  allocate(holder: string, position: number, { network: id, wanted, mac }: RequestedAddress): void {
    const network = this.networks.get(id);
    const link = `veth${randomBytes(4).toString('hex')}`;
    new AddressPool(this.database, network).allocate({ holder, position, link, mac, wanted });
    this.events.emit('network', 'connect', id, { container: holder, name: network.name, type: 'bridge' });
  }

  /**
   * Leases an address of one more network, behind those that a running container has. Joins the caller's transaction.
   * @returns undefined where it has one, or is not on that network
   */
  allocateMore(holder: string, network: string): AddressLease | undefined {
    const leases = this.records.leasesOf(holder);
    const request = this.records.requestedAddresses(holder).find((one) => one.network === network);
    if (!request || leases.some((one) => one.network === network)) return undefined;
    this.allocate(holder, (leases.at(-1)?.position ?? -1) + 1, request);
    return this.records.leasesOf(holder).find((one) => one.network === network);
  }

  /** Releases one address of a container, or all. Joins the caller's transaction. @returns the networks */
  release(holder: string, lease?: AddressLease): string[] {
    const leases = lease ? [lease] : this.records.leasesOf(holder);
    for (const { network } of leases) {
      const name = this.networks.byId(network)?.name ?? '';
      this.events.emit('network', 'disconnect', network, { container: holder, name, type: 'bridge' });
    }
    releaseAddresses(this.database, holder, lease?.network);
    return leases.map(({ network }) => network);
  }

  /**
   * Links a process's network namespace with the bridges of its leases.
   * @throws GantryError `unavailable` when it has ended
   */
  async attach(holder: string, pid: number, leases: readonly AddressLease[]): Promise<void> {
    const first = this.records.gatewayLease(holder);
    try {
      for (const { network: id, position, ...lease } of leases) {
        const { bridge, network } = await this.driver.ensure(id);
        const { prefixLength } = networkRange(network.subnet);
        const isDefault = position === first?.position;
        const device = `eth${position}`;
        attach(this.driver.netlink, pid, {
          ...lease,
          ipv6: ipv6For(network, lease.address, isDefault),
          bridge,
          isIsolated: network.notes.isolated === true,
          prefixLength,
          gateway: network.gateway,
          device,
          isDefault,
          routeMtu: isDefault ? this.driver.routeMtuOf(network) : undefined,
        });
      }
    } catch (error) {
      if (!isMissingProcess(error)) throw error;
      throw new GantryError('unavailable', `container ${holder} ended before it had a network`, { cause: error });
    }
    const identity = identify(pid);
    if (identity) this.records.setProcess(holder, identity);
  }

  /** The containers that hold an address. */
  holders(): Set<string> {
    return new Set(listLeases(this.database).map(({ holder }) => holder));
  }

  /** Leads the default routes of a running container to the network that has them now. */
  moveDefaultRoutes(holder: string): void {
    const pid = this.records.processOf(holder);
    const lease = this.records.gatewayLease(holder);
    const network = lease && this.networks.byId(lease.network);
    if (pid === undefined || !lease || !network) return;
    const ipv6 = ipv6For(network, lease.address, true)?.gateway;
    try {
      setDefaultRoutes(pid, { ipv4: network.gateway, ipv6, mtu: this.driver.routeMtuOf(network) });
    } catch (error) {
      if (!isMissingProcess(error)) throw error;
    }
  }
}

function ipv6For({ ipv6Subnet, ipv6Gateway }: Network, address: string, isDefault: boolean): Attachment['ipv6'] {
  const here = hostIpv6Mode();
  if (here === 'none' || ipv6Subnet === '') return undefined;
  const leadsOut = isDefault && here === 'forwarded';
  const gateway = leadsOut ? ipv6AddressBytes(ipv6Gateway) : undefined;
  return { address: containerIpv6Bytes(ipv6Subnet, address), gateway };
}

function isMissingProcess(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || isErrno(error, 'ESRCH');
}
