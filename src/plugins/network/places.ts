import { randomBytes } from 'node:crypto';
import { GantryError } from '../../kernel/index.js';
import { type Config, type Database, type Events, identify } from '../system/index.js';
import { AddressPool, networkRange, releaseAddresses } from './addresses.js';
import type { Network } from './contracts.js';
import { Endpoints, type HeldPlace } from './endpoints.js';
import { Ground } from './ground.js';
import { HostNames } from './host-names.js';
import { ipv6Bytes, ipv6Here } from './ipv6.js';
import { type Attachment, attach } from './links.js';
import { isErrno } from './netlink.js';
import { NetworkRecords } from './network-records.js';

/** What both services stand on: networks, who is on them, and the links between. */
export class Places {
  readonly networks: NetworkRecords;
  readonly endpoints: Endpoints;
  readonly names: HostNames;
  readonly ground: Ground;

  constructor(
    config: Config,
    private readonly database: Database,
    private readonly events: Events,
  ) {
    this.networks = new NetworkRecords(config, database);
    this.endpoints = new Endpoints(database, this.networks);
    this.names = new HostNames(database, this.networks);
    this.ground = new Ground(config, database, this.networks);
  }

  /** Takes an address of a network. Joins the caller's transaction; the ground has been ensured. */
  take(
    holder: string,
    position: number,
    { network: id, wanted, mac }: ReturnType<Endpoints['wishesOf']>[number],
  ): void {
    const network = this.networks.get(id);
    const link = `veth${randomBytes(4).toString('hex')}`;
    new AddressPool(this.database, network).acquire({ holder, position, link, mac, wanted });
    this.events.emit('network', 'connect', id, { container: holder, name: network.name, type: 'bridge' });
  }

  /** Gives one address back, or all. Joins the caller's transaction. @returns the networks */
  give(holder: string, place?: HeldPlace): string[] {
    const places = place ? [place] : this.endpoints.heldBy(holder);
    for (const { network } of places) {
      const name = this.networks.byId(network)?.name ?? '';
      this.events.emit('network', 'disconnect', network, { container: holder, name, type: 'bridge' });
    }
    releaseAddresses(this.database, holder, place?.network);
    return places.map(({ network }) => network);
  }

  /** Links a process's network namespace with the bridges of its places. @throws GantryError `unavailable` when it has ended */
  attach(holder: string, pid: number, places: readonly HeldPlace[]): void {
    const [first] = this.endpoints.heldBy(holder);
    try {
      for (const { network: id, position, ...place } of places) {
        const { bridge, network } = this.ground.ensure(id);
        const { prefixLength } = networkRange(network.subnet);
        const isDefault = position === first?.position && !network.internal;
        const device = `eth${position}`;
        attach(this.ground.routes, pid, {
          ...place,
          ipv6: ipv6For(network, place.address, isDefault),
          bridge,
          prefixLength,
          gateway: network.gateway,
          device,
          isDefault,
          routeMtu: isDefault ? this.ground.routeMtuOf(network) : undefined,
        });
      }
    } catch (error) {
      if (!isMissingProcess(error)) throw error;
      throw new GantryError('unavailable', `container ${holder} ended before it had a network`, { cause: error });
    }
    const identity = identify(pid);
    if (identity) this.endpoints.setProcess(holder, identity);
  }
}

function ipv6For({ id, gateway }: Network, address: string, isDefault: boolean): Attachment['ipv6'] {
  const here = ipv6Here();
  if (here === 'none') return undefined;
  const leadsOut = isDefault && here === 'forwarded';
  return { address: ipv6Bytes(id, address), gateway: leadsOut ? ipv6Bytes(id, gateway) : undefined };
}

function isMissingProcess(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || isErrno(error, 'ESRCH');
}
