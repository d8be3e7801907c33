import type { PortMapping } from '../contracts/index.js';
import { flushConntrack, runTool, withFileLock } from '../host/index.js';
import {
  type Element,
  elementCommand,
  type FirewallNetwork,
  kernelForm,
  networkElements,
  portElements,
  readable,
} from './elements.js';
import { MAPS_OF_PORTS, type RulesOptions, ruleset, rulesetFingerprint, SETS_OF_NETWORKS } from './ruleset.js';
import { TableState } from './table-state.js';

/** What the table is to hold. */
export interface Contents {
  readonly networks: readonly FirewallNetwork[];
  readonly mappings: readonly PortMapping[];
}

/** A change of the table: only these elements are touched. */
export interface Change {
  readonly add?: Partial<Contents>;
  readonly remove?: Partial<Contents>;
}

/** Who the table belongs to, and what is kept of it outside of the kernel. */
export interface TableOwner {
  /** A word that engines of other roots do not have. */
  readonly mark: string;
  /** @throws GantryError `conflict` where a table or a bridge that bears this mark must be left alone */
  refuse(what: string, mark: string, bridges: readonly string[]): void;
  readonly lock: string;
  options(): RulesOptions;
  /** What `save` was last given, by any process. */
  saved(): string | undefined;
  save(digest: string): void;
}

/**
 * The engine's one table. Networks and ports are elements of sets and maps: a change touches its own elements alone,
 * and the thousandth costs as much as the first. Each change is one transaction of nft, and one is made at a time.
 */
export class FirewallTable {
  readonly table: string;
  readonly #state: TableState;

  constructor(
    bridge: string,
    private readonly owner: TableOwner,
  ) {
    this.table = bridge === 'gantry0' ? 'gantry' : bridge;
    this.#state = new TableState(this.table);
  }

  /** Whether the table was made by this version, and has these networks. Asks the kernel; starts no process. */
  isCurrent(networks: readonly FirewallNetwork[]): boolean {
    if (this.#state.comment() !== this.#comment()) return false;
    const there = new Set(this.#state.elements(['bridges']));
    return networks.every((network) => there.has(kernelForm({ set: 'bridges', key: [`"${network.bridge}"`] })));
  }

  /** Whether it is there, and this engine's. */
  exists(): boolean {
    const comment = this.#state.comment();
    return comment !== undefined && ownerIn(comment) === this.owner.mark;
  }

  /** Whether the table is complete, and as this engine has made it. Asks the kernel; starts no process. */
  isIntact({ networks, mappings }: Contents): boolean {
    if (this.#state.comment() !== this.#comment() || this.owner.saved() !== this.#digest()) return false;
    const wanted = new Set([...networks.flatMap(networkElements), ...mappings.flatMap(portElements)].map(kernelForm));
    const there = new Set(this.#state.elements([...SETS_OF_NETWORKS, ...MAPS_OF_PORTS]));
    return wanted.size === there.size && [...wanted].every((element) => there.has(element));
  }

  /** Published ports in the table that are not among these. */
  unknownElements(mappings: readonly PortMapping[]): string[] {
    if (!this.exists()) return [];
    const known = new Set(mappings.flatMap(portElements).map(kernelForm));
    return this.#state
      .elements(MAPS_OF_PORTS)
      .filter((one) => !known.has(one))
      .map(readable);
  }

  /** Grows with every change of any table of this network namespace. */
  generation(): number {
    return this.#state.generation();
  }

  /**
   * Replaces the whole table. Flows of connections go on.
   * @param contents is asked when nobody else changes the table
   * @param isNeeded asked then as well: somebody else may have done it meanwhile
   * @throws GantryError `unavailable`, `conflict` where the table of this name is another's
   */
  rebuild(contents: () => Contents, isNeeded: () => boolean = () => true): Promise<void> {
    return withFileLock(this.owner.lock, async () => {
      if (!isNeeded()) return;
      this.refuseForeign();
      const { networks, mappings } = contents();
      const name = `table inet ${this.table}`;
      const rules = [`comment "${this.#comment()}"`, ruleset(this.owner.options())].join('\n');
      const elements = [...networks.flatMap(networkElements), ...mappings.flatMap(portElements)];
      // The first versions had a table of the family ip.
      const old = this.table === 'gantry' ? ['table ip gantry', 'delete table ip gantry'] : [];
      // Others may see the table that is only made to be deleted: it tells whose it is, too.
      const first = `${name} { comment "${this.#comment()}"; }`;
      const script = [...old, first, `delete ${name}`, `${name} {\n${rules}\n}`, ...this.#commands('add', elements)];
      const before = this.generation();
      await runTool('nft', ['-f', '-'], `${script.join('\n')}\n`);
      const digest = this.#digest();
      // Where others have changed something meanwhile, the rules may not be ours already: the next look makes them anew.
      this.owner.save(this.generation() === before + 1 ? digest : '');
      flushConntrack([], mappings);
    });
  }

  /**
   * Adds what is to be removed before it removes that, so that a missing element is no failure.
   * @throws GantryError `unavailable` where the table is missing, or an element has another value
   */
  change({ add = {}, remove = {} }: Change): Promise<void> {
    const elements = ({ networks = [], mappings = [] }: Partial<Contents>): Element[] => [
      ...networks.flatMap(networkElements),
      ...mappings.flatMap(portElements),
    ];
    const gone = elements(remove);
    const script = [
      ...this.#commands('add', gone),
      ...this.#commands('delete', gone),
      ...this.#commands('add', elements(add)),
    ];
    if (script.length === 0) return Promise.resolve();
    return withFileLock(this.owner.lock, async () => {
      await runTool('nft', ['-f', '-'], `${script.join('\n')}\n`);
      flushConntrack(remove.mappings ?? [], add.mappings ?? []);
    });
  }

  /** @throws GantryError `conflict` where another program or another engine has a table of this name */
  refuseForeign(): void {
    const comment = this.#state.comment();
    if (comment === undefined) return;
    const mark = ownerIn(comment);
    if (mark === this.owner.mark || mark === '') return;
    const bridges = this.#state.elements(['bridges']).map((element) => bridgeIn(element));
    this.owner.refuse(`the nftables table inet ${this.table}`, mark ?? '', bridges);
  }

  #comment(): string {
    return `${rulesetFingerprint(this.owner.options())} ${this.owner.mark}`;
  }

  #digest(): string {
    return `${this.#comment()} ${this.#state.rulesDigest()}`;
  }

  #commands(verb: 'add' | 'delete', elements: readonly Element[]): string[] {
    return elements.map((element) => elementCommand(verb, this.table, element));
  }
}

/** The owner's mark; empty in a comment of an earlier version; undefined in what is no comment of an engine. */
function ownerIn(comment: string): string | undefined {
  const found = /^[0-9a-f]{32}(?: (\S+))?$/.exec(comment);
  return found ? (found[1] ?? '') : undefined;
}

function bridgeIn(element: string): string {
  return Buffer.from(element.split(' ')[1] ?? '', 'hex')
    .toString('latin1')
    .replaceAll('\0', '');
}
