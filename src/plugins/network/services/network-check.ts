import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, type Finding, GantryError } from '../../../kernel/index.js';
import { Config, Database, damagedJsonColumns, Events } from '../../system/index.js';
import { EndpointManager } from '../bridge/index.js';
import { NetworkManager } from '../contracts/index.js';
import { deleteLink, findLink, type ListedLink, listLinks } from '../host/index.js';
import { listLeases } from '../records/index.js';

/** The kernel takes a link away some time after the network namespace that its other end is in. */
const LINK_GOES_MS = 500;

/** Checks bridges, packet rules, and the links that are attached to them. */
export class NetworkCheck implements Check {
  readonly #endpoints: EndpointManager;

  /** @param _manager creates the tables when it starts */
  constructor(
    @Config config: Config,
    @Database private readonly database: Database,
    @Events events: Events,
    @NetworkManager _manager: NetworkManager,
  ) {
    this.#endpoints = new EndpointManager(config, database, events);
  }

  async *findings(): AsyncIterable<Finding> {
    for (const column of ['labels', 'aux_addresses', 'notes']) {
      yield* damagedJsonColumns(this.database, 'network', { table: 'network', column, key: 'name', empty: '{}' });
    }
    const names = { table: 'network_endpoint', column: 'names', key: 'holder', empty: '[]' } as const;
    yield* damagedJsonColumns(this.database, 'container', names);
    try {
      yield* this.#driverFindings();
      for (const { bridge } of this.#endpoints.networks.list()) yield* this.#linkFindings(bridge);
    } finally {
      this.#endpoints.driver.close();
    }
  }

  async *#driverFindings(): AsyncIterable<Finding> {
    const { driver } = this.#endpoints;
    if (!driver.hasLeases()) return;
    for (const network of driver.damagedBridges()) {
      const run = (): void => {
        const [failed] = driver.repairBridges([network]);
        if (failed) throw new GantryError('unavailable', failed.reason);
      };
      const problem = 'is missing, or has not the addresses and routes that it should have';
      yield { object: `bridge ${network.bridge}`, problem, repair: { does: 'make it anew', did: 'made anew', run } };
    }
    if (!driver.hasAllRules()) {
      const run = (): Promise<void> => driver.rebuildRules();
      const problem = 'rules or ports are missing or changed';
      const object = `nftables table ${driver.firewall.table}`;
      yield { object, problem, repair: { does: 'make it anew', did: 'made anew', run } };
    }
    yield* this.#lostLinks();
  }

  /** Links of containers that another program has deleted, or taken off their bridges. */
  *#lostLinks(): Iterable<Finding> {
    const { driver, networks } = this.#endpoints;
    const links = new Map(listLinks(driver.netlink).map((link) => [link.name, link]));
    for (const { holder, network: id, link: name } of listLeases(this.database)) {
      const network = networks.byId(id);
      const link = links.get(name);
      if (!network || (link && link.master === links.get(network.bridge)?.index)) continue;
      const object = `link ${name} of container ${holder.slice(0, 12)}`;
      if (link) {
        const run = (): void => void driver.repairBridges([network]);
        yield {
          object,
          problem: `is not on ${network.bridge}`,
          repair: { does: 'put it there', did: 'put there', run },
        };
      } else if (this.#endpoints.records.processOf(holder) !== undefined) {
        yield { object, problem: 'is missing: restart the container, or connect it to the network again' };
      }
    }
  }

  /** Host's ends of links of containers that hold no address. */
  async *#linkFindings(bridge: string): AsyncIterable<Finding> {
    const { netlink } = this.#endpoints.driver;
    const device = findLink(netlink, bridge);
    if (!device) return;
    const hasLease = (name: string): boolean => listLeases(this.database).some(({ link }) => link === name);
    const orphans = (): ListedLink[] =>
      listLinks(netlink).filter(({ name, master }) => master === device.index && !hasLease(name));
    if (orphans().length === 0) return;
    // The link of a container that has just ended is about to go.
    await sleep(LINK_GOES_MS);
    for (const { name, index } of orphans()) {
      const run = (): void => deleteLink(netlink, index);
      const problem = `hangs on ${bridge} and belongs to no container`;
      yield { object: `link ${name}`, problem, repair: { does: 'take it away', did: 'taken away', run } };
    }
  }
}
