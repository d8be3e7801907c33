import { isKind } from '../../../kernel/index.js';
import type { PortMapping } from '../contracts/index.js';
import {
  attribute,
  attributes,
  flushConntrack,
  isErrno,
  NETLINK_NETFILTER,
  NetlinkSocket,
  runTool,
  runToolSync,
  zeroTerminated,
} from '../host/index.js';
import { type FirewallNetwork, mapElements, PUBLISHED_MAPS, ruleset, rulesetFingerprint } from './ruleset.js';

/** Numbers of <linux/netfilter/nfnetlink.h> and <linux/netfilter/nf_tables.h>. */
const NFT_MSG_GETTABLE = (10 << 8) | 1;
const NFT_MSG_GETGEN = (10 << 8) | 16;
const NFTA_TABLE_NAME = 1;
const NFTA_GEN_ID = 1;
const NFPROTO_INET = 1;

/** An entry of nft's JSON. */
interface Listed {
  readonly chain?: object;
  readonly rule?: object;
  readonly map?: { readonly name: string; readonly elem?: readonly unknown[] };
}

/**
 * The engine's one table. Its rules change with the networks alone: ports are elements of maps, so that the thousandth
 * costs as much as the first. Each change is one transaction of nft.
 */
export class FirewallTable {
  readonly table: string;

  constructor(bridge: string) {
    this.table = bridge === 'gantry0' ? 'gantry' : bridge;
  }

  /** Whether the table exists and was made by this version for these networks. Asks the kernel; starts no process. */
  isCurrent(networks: readonly FirewallNetwork[]): boolean {
    return this.#fingerprintInKernel()?.includes(rulesetFingerprint(networks)) ?? false;
  }

  exists(): boolean {
    return this.#fingerprintInKernel() !== undefined;
  }

  /** Whether the table is complete: all chains and rules, and as many published ports as there should be. */
  async isIntact(networks: readonly FirewallNetwork[], mappings: readonly PortMapping[]): Promise<boolean> {
    const output = await runTool('nft', ['-j', 'list', 'table', 'inet', this.table], '').catch(missingTable);
    if (output === undefined) return false;
    const { nftables } = JSON.parse(output) as { nftables: readonly Listed[] };
    const count = (key: keyof Listed): number => nftables.filter((entry) => entry[key]).length;
    const maps = nftables.flatMap(({ map }) => (map?.name.startsWith(PUBLISHED_MAPS) ? map : []));
    const elements = maps.reduce((sum, { elem = [] }) => sum + elem.length, 0);
    const lines = ruleset(networks)
      .split('\n')
      .map((line) => line.trim());
    const chains = lines.filter((line) => line.startsWith('chain ')).length;
    const expected = lines.filter((line) => line && !/^(set|map|chain|type) |^}$/.test(line)).length;
    return count('chain') === chains && count('rule') === expected && elements === mappings.flatMap(mapElements).length;
  }

  /** Published ports in the table that are not among these. */
  async unknownElements(mappings: readonly PortMapping[]): Promise<string[]> {
    if (!this.exists()) return [];
    const output = await runTool('nft', ['-j', 'list', 'table', 'inet', this.table], '');
    const { nftables } = JSON.parse(output) as { nftables: readonly Listed[] };
    const known = new Set(mappings.flatMap(mapElements).map(({ map, key, value }) => `${map} ${key} : ${value}`));
    return nftables
      .flatMap(({ map }) =>
        map?.name.startsWith(PUBLISHED_MAPS) ? (map.elem ?? []).map((one) => formatElement(map.name, one)) : [],
      )
      .filter((one) => !known.has(one));
  }

  /** Grows with every change of any table of this network namespace. */
  generation(): number {
    using socket = new NetlinkSocket(NETLINK_NETFILTER);
    const body = [Buffer.from([0, 0, 0, 0])];
    const answer = socket.query({ subject: 'generation', type: NFT_MSG_GETGEN, body });
    return attributes(answer.subarray(4)).get(NFTA_GEN_ID)?.readUInt32BE() ?? 0;
  }

  /** Replaces the whole table. The caller holds the database's write lock. @throws GantryError `unavailable` */
  rebuild(networks: readonly FirewallNetwork[], mappings: readonly PortMapping[]): void {
    const name = `table inet ${this.table}`;
    // Earlier versions had a table of the family ip.
    const old = `table ip ${this.table}`;
    const contents = [`comment "${rulesetFingerprint(networks)}"`, ruleset(networks)].join('\n');
    const script = [
      ...[old, `delete ${old}`, name, `delete ${name}`, `${name} {\n${contents}\n}`],
      ...mappings.flatMap((one) => this.#additions(one)),
    ];
    runToolSync('nft', ['-f', '-'], `${script.join('\n')}\n`);
    flushConntrack(mappings);
  }

  /** @throws GantryError `unavailable` where the table is missing, or an element leads elsewhere */
  async publish(mappings: readonly PortMapping[]): Promise<void> {
    await runTool('nft', ['-f', '-'], mappings.flatMap((one) => this.#additions(one)).join('\n'));
    flushConntrack(mappings);
  }

  /** Adds before it removes, so that a missing element is no failure. @throws GantryError as `publish` */
  async unpublish(mappings: readonly PortMapping[]): Promise<void> {
    const script = mappings.flatMap((one) => [
      ...this.#additions(one),
      ...this.#elements(one).map(({ map, key }) => `delete element ${map} { ${key} }`),
    ]);
    await runTool('nft', ['-f', '-'], script.join('\n'));
    flushConntrack(mappings);
  }

  #fingerprintInKernel(): Buffer | undefined {
    const name = attribute(NFTA_TABLE_NAME, zeroTerminated(this.table));
    try {
      using socket = new NetlinkSocket(NETLINK_NETFILTER);
      const body = [Buffer.from([NFPROTO_INET, 0, 0, 0]), name];
      return socket.query({ subject: this.table, type: NFT_MSG_GETTABLE, body });
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  #additions(one: PortMapping): string[] {
    return this.#elements(one).map(({ map, key, value }) => `add element ${map} { ${key} : ${value} }`);
  }

  #elements(one: PortMapping): { readonly map: string; readonly key: string; readonly value: string }[] {
    return mapElements(one).map(({ map, ...element }) => ({ ...element, map: `inet ${this.table} ${map}` }));
  }
}

/** nft has refused; an nft that could not be run has said nothing about the table. */
function missingTable(error: unknown): undefined {
  if (!isKind(error, 'unavailable')) throw error;
}

/** An element of a map, in nft's JSON: key and value, each a `concat` of several. */
function formatElement(map: string, element: unknown): string {
  const parts = element as readonly { readonly concat?: readonly unknown[] }[];
  const [key = '', value = ''] = parts.map(({ concat = [] }) => concat.join(' . '));
  return `${map} ${key} : ${value}`;
}
