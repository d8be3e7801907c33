import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, Finding } from '../../../kernel/index.js';
import { Config, Database, damagedJsonColumns, Events } from '../../system/index.js';
import { EndpointManager } from '../bridge/index.js';
import { NetworkManager } from '../contracts/index.js';
import { findLink, runTool } from '../host/index.js';
import { listLeases } from '../records/index.js';

/** The kernel takes a link away some time after the network namespace that its other end is in. */
const LINK_GOES_MS = 500;

interface ShownLink {
  readonly ifname: string;
}

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
    const run = (): void => driver.rebuild();
    const repair = { does: 'make it anew', did: 'made anew', run };
    const isIntact = driver.isIntact();
    if (!isIntact || !(await driver.hasAllRules())) {
      const object = `bridges and nftables table ${driver.firewall.table}`;
      yield { object, problem: `${isIntact ? 'rules or ports are' : 'one of them is'} missing or changed`, repair };
    }
  }

  /** Host's ends of links of containers that hold no address. */
  async *#linkFindings(bridge: string): AsyncIterable<Finding> {
    const { netlink } = this.#endpoints.driver;
    if (!findLink(netlink, bridge)) return;
    const shown = JSON.parse(
      (await runTool('ip', ['-j', 'link', 'show', 'master', bridge], '')) || '[]',
    ) as ShownLink[];
    const hasLease = ({ ifname }: ShownLink): boolean => listLeases(this.database).some(({ link }) => link === ifname);
    const candidates = shown.filter((link) => link.ifname !== undefined && !hasLease(link));
    // The link of a container that has just ended is about to go.
    if (candidates.length > 0) await sleep(LINK_GOES_MS);
    for (const { ifname } of candidates.filter((link) => findLink(netlink, link.ifname) && !hasLease(link))) {
      const run = async (): Promise<void> => {
        if (findLink(netlink, ifname)) await runTool('ip', ['link', 'delete', ifname], '');
      };
      const problem = `hangs on ${bridge} and belongs to no container`;
      yield { object: `link ${ifname}`, problem, repair: { does: 'take it away', did: 'taken away', run } };
    }
  }
}
