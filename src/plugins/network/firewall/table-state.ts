import { createHash } from 'node:crypto';
import {
  attribute,
  attributeList,
  attributes,
  isErrno,
  NETLINK_NETFILTER,
  NetlinkSocket,
  zeroTerminated,
} from '../host/index.js';

/** Numbers of <linux/netfilter/nfnetlink.h> and <linux/netfilter/nf_tables.h>. */
const [GETTABLE, GETRULE, GETSETELEM, GETGEN] = [1, 7, 13, 16].map((type) => (10 << 8) | type) as [
  number,
  number,
  number,
  number,
];
const [NFTA_TABLE_NAME, NFTA_TABLE_USERDATA, NFTA_GEN_ID, NFPROTO_INET] = [1, 6, 1, 1];
/** Of libnftnl: how nft keeps a comment. */
const NFTNL_UDATA_TABLE_COMMENT = 0;
const [NFTA_RULE_TABLE, NFTA_RULE_CHAIN, NFTA_RULE_EXPRESSIONS] = [1, 2, 4];
const [NFTA_LIST_TABLE, NFTA_LIST_SET, NFTA_LIST_ELEMENTS] = [1, 2, 3];
const [NFTA_ELEM_KEY, NFTA_ELEM_DATA, NFTA_ELEM_FLAGS, NFTA_DATA_VALUE, INTERVAL_END] = [1, 2, 3, 1, 1];

const INET = Buffer.from([NFPROTO_INET, 0, 0, 0]);

/** What the kernel has of a table of the family inet. It is asked by netlink: no process starts. */
export class TableState {
  constructor(private readonly table: string) {}

  /** Grows with every change of any table of this network namespace. */
  generation(): number {
    using socket = new NetlinkSocket(NETLINK_NETFILTER);
    const answer = socket.query({ subject: 'generation', type: GETGEN, body: [Buffer.alloc(4)] });
    return attributes(answer.subarray(4)).get(NFTA_GEN_ID)?.readUInt32BE() ?? 0;
  }

  /** The table's comment; empty for one without; undefined where there is no such table. */
  comment(): string | undefined {
    try {
      using socket = new NetlinkSocket(NETLINK_NETFILTER);
      const body = [INET, attribute(NFTA_TABLE_NAME, zeroTerminated(this.table))];
      const answer = socket.query({ subject: this.table, type: GETTABLE, body });
      return commentIn(attributes(answer.subarray(4)).get(NFTA_TABLE_USERDATA) ?? Buffer.alloc(0));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Identifies all rules in their order. */
  rulesDigest(): string {
    using socket = new NetlinkSocket(NETLINK_NETFILTER);
    const body = [INET, attribute(NFTA_RULE_TABLE, zeroTerminated(this.table))];
    const hash = createHash('sha256');
    for (const answer of socket.list({ subject: 'rules', type: GETRULE, body })) {
      const rule = attributes(answer.subarray(4));
      // Older kernels list the rules of all tables.
      if (textOf(rule.get(NFTA_RULE_TABLE)) !== this.table) continue;
      hash.update(rule.get(NFTA_RULE_CHAIN) ?? '').update(rule.get(NFTA_RULE_EXPRESSIONS) ?? '');
    }
    return hash.digest('hex').slice(0, 32);
  }

  /** The elements of these sets, in the form of `kernelForm`. Sets that are missing have none. */
  elements(sets: readonly string[]): string[] {
    using socket = new NetlinkSocket(NETLINK_NETFILTER);
    return sets.flatMap((set) => {
      const names = [
        attribute(NFTA_LIST_TABLE, zeroTerminated(this.table)),
        attribute(NFTA_LIST_SET, zeroTerminated(set)),
      ];
      try {
        const answers = socket.list({ subject: set, type: GETSETELEM, body: [INET, ...names] });
        return answers.flatMap((answer) => elementsIn(answer).map((element) => `${set} ${element}`));
      } catch (error) {
        if (isErrno(error, 'ENOENT')) return [];
        throw error;
      }
    });
  }
}

/**
 * The key and the value of each element of an answer. The ends of intervals are none: the kernel begins the list of a set
 * of intervals with an end at the lowest address.
 */
function elementsIn(answer: Buffer): string[] {
  const list = attributes(answer.subarray(4)).get(NFTA_LIST_ELEMENTS) ?? Buffer.alloc(0);
  return attributeList(list).flatMap(([, bytes]) => {
    const element = attributes(bytes);
    if (((element.get(NFTA_ELEM_FLAGS)?.readUInt32BE() ?? 0) & INTERVAL_END) !== 0) return [];
    return `${dataOf(element.get(NFTA_ELEM_KEY))} ${dataOf(element.get(NFTA_ELEM_DATA))}`;
  });
}

/** A type, a length, the text and a zero. */
function commentIn(data: Buffer): string {
  if (data.length < 2 || data[0] !== NFTNL_UDATA_TABLE_COMMENT) return '';
  return textOf(data.subarray(2, 2 + (data[1] ?? 0)));
}

function dataOf(value: Buffer | undefined): string {
  return (
    attributes(value ?? Buffer.alloc(0))
      .get(NFTA_DATA_VALUE)
      ?.toString('hex') ?? ''
  );
}

function textOf(value: Buffer | undefined): string {
  return value?.toString('latin1').replaceAll('\0', '') ?? '';
}
