import type { Check, Finding } from '../../kernel/index.js';
import { Config, Database, damagedTexts, Events } from '../system/index.js';
import { NetworkManager } from './contracts.js';
import { findLink } from './links.js';
import { Places } from './places.js';
import { prepared } from './prepared.js';
import { feed } from './tool.js';

interface ShownLink {
  readonly ifname: string;
}

/** Bridges, packet rules, and the links that hang on them. */
export class NetworkCheck implements Check {
  readonly #places: Places;

  /** @param _manager has its tables made */
  constructor(
    @Config config: Config,
    @Database private readonly database: Database,
    @Events events: Events,
    @NetworkManager _manager: NetworkManager,
  ) {
    this.#places = new Places(config, database, events);
  }

  async *findings(): AsyncIterable<Finding> {
    yield* damagedTexts(this.database, 'network', { table: 'network', column: 'labels', key: 'name', empty: '{}' });
    const names = { table: 'network_endpoint', column: 'names', key: 'holder', empty: '[]' } as const;
    yield* damagedTexts(this.database, 'container', names);
    try {
      yield* this.#ground();
      for (const { bridge } of this.#places.networks.list()) yield* this.#links(bridge);
    } finally {
      this.#places.ground.close();
    }
  }

  async *#ground(): AsyncIterable<Finding> {
    const { ground } = this.#places;
    if (!ground.isHeld()) return;
    const run = (): void => ground.rebuild();
    const repair = { does: 'make it anew', did: 'made anew', run };
    const isWhole = ground.isWhole();
    if (!isWhole || !(await ground.hasAllRules())) {
      const object = `bridges and nftables table ${ground.rules.table}`;
      yield { object, problem: `${isWhole ? 'rules or ports are' : 'one of them is'} missing or changed`, repair };
    }
  }

  /** Host's ends of links of containers that hold no address. */
  async *#links(bridge: string): AsyncIterable<Finding> {
    if (!findLink(this.#places.ground.routes, bridge)) return;
    const shown = JSON.parse((await feed('ip', ['-j', 'link', 'show', 'master', bridge], '')) || '[]') as ShownLink[];
    for (const { ifname } of shown.filter(({ ifname: name }) => name !== undefined && !this.#isHeld(name))) {
      const run = async (): Promise<void> => void (await feed('ip', ['link', 'delete', ifname], ''));
      const problem = `hangs on ${bridge} and belongs to no container`;
      yield { object: `link ${ifname}`, problem, repair: { does: 'take it away', did: 'taken away', run } };
    }
  }

  #isHeld(link: string): boolean {
    return prepared(this.database, 'SELECT 1 FROM network_lease WHERE link = ?').get(link) !== undefined;
  }
}
