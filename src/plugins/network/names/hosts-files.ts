import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { type Database, parseJsonColumn } from '../../system/index.js';
import { integerToAddress } from '../addresses/index.js';
import type { NetworkRecords } from '../records/index.js';
import { withNames, withOwnAddress } from './names-section.js';

/** A larger hosts file was written by the container itself, and is left alone. */
const MAX_BYTES = 1 << 20;

interface Member {
  readonly holder: string;
  readonly network: string;
  readonly hosts: string;
  readonly address: string;
  readonly line: string;
}

/**
 * Names of containers, written into the /etc/hosts of other containers on the same networks. Files need no server: any
 * engine process that starts or ends a container updates them, and they stay when none runs.
 */
export class HostsFiles {
  constructor(
    private readonly database: Database,
    private readonly networks: NetworkRecords,
  ) {}

  /**
   * Updates the files of all containers that run on these networks. Joins the caller's transaction, or begins one, so
   * that writers are serialised and the last one writes the newest names.
   * @param moved a container that has just left one of them, and the address that it had there
   */
  refresh(networks: readonly string[], moved?: { readonly of: string; readonly left: string }): void {
    const alsoOf = moved?.of;
    const affected = networks.filter((network) => this.#hasNames(network));
    if (affected.length === 0 && alsoOf === undefined) return;
    this.database.transaction(() => {
      const members = this.#members();
      const byNetwork = Map.groupBy(members, ({ network }) => network);
      const texts = new Map(
        [...byNetwork].map(([network, list]) => [network, this.#isShared(network) ? textOf(list) : '']),
      );
      const touched = new Set(affected.flatMap((network) => byNetwork.get(network) ?? []).map(({ holder }) => holder));
      if (alsoOf !== undefined) touched.add(alsoOf);
      for (const [holder, memberships] of Map.groupBy(members, (member) => member.holder)) {
        const [first] = memberships;
        if (!first || !touched.has(holder)) continue;
        const shared = memberships.map(({ network }) => texts.get(network) ?? '').join('');
        const own = holder === alsoOf ? { from: moved?.left ?? '', to: first.address } : undefined;
        rewrite(first.hosts, this.#linksOf(holder) + shared, own);
      }
    });
  }

  /** Containers of the default network resolve each other by links alone. */
  #isShared(network: string): boolean {
    return this.networks.byId(network)?.isDefault === false;
  }

  #hasNames(network: string): boolean {
    return (
      this.#isShared(network) ||
      this.database.prepare('SELECT 1 FROM network_link WHERE network = ? LIMIT 1').get(network) !== undefined
    );
  }

  #members(): Member[] {
    const rows = this.database
      .prepare(`SELECT l.holder, l.network, l.address, h.hosts, e.names FROM network_lease l
        JOIN network_holder h ON h.holder = l.holder
        JOIN network_endpoint e ON e.holder = l.holder AND e.network = l.network
        ORDER BY l.network, l.address, l.position`)
      .all();
    return rows.map((row) => {
      const names = parseJsonColumn<string[]>(row['names'], []);
      const network = this.networks.byId(String(row['network']))?.name;
      // As in Docker, also by the name of the network that both are on.
      const inNetwork = names.map((name) => `${name}.${network}`);
      return {
        holder: String(row['holder']),
        network: String(row['network']),
        hosts: String(row['hosts']),
        address: integerToAddress(Number(row['address'])),
        line: `${integerToAddress(Number(row['address']))}\t${[...names, ...inNetwork].join(' ')}\n`,
      };
    });
  }

  #linksOf(holder: string): string {
    const rows = this.database
      .prepare(`SELECT k.alias, l.address, e.names FROM network_link k
        JOIN network_lease l ON l.network = k.network AND l.holder = k.target
        JOIN network_endpoint e ON e.network = k.network AND e.holder = k.target
        WHERE k.holder = ? ORDER BY k.alias`)
      .all(holder);
    return rows
      .map(({ alias, address, names }) => {
        const all = new Set([String(alias), ...parseJsonColumn<string[]>(names, [])]);
        return `${integerToAddress(Number(address))}\t${[...all].join(' ')}\n`;
      })
      .join('');
  }
}

function textOf(members: readonly Member[]): string {
  return members.map(({ line }) => line).join('');
}

/**
 * Rewrites a hosts file in place, since it is bind-mounted into the container. Text outside of the marks is the
 * container's own.
 */
function rewrite(path: string, names: string, own?: { readonly from: string; readonly to: string }): void {
  const file = openUnlessHeld(path);
  if (file === undefined) return;
  try {
    const { size } = fstatSync(file);
    if (size > MAX_BYTES) return;
    // It may grow meanwhile: no more is read than was looked at.
    const before = Buffer.alloc(size);
    const length = readSync(file, before, 0, size, 0);
    const moved = own ? withOwnAddress(before.subarray(0, length), own.from, own.to) : before.subarray(0, length);
    const after = withNames(moved, names);
    if (after.equals(before)) return;
    // Readers see the old text or the new one: what is shorter is followed by empty lines until it is cut.
    const padded = Buffer.concat([after, Buffer.alloc(Math.max(0, length - after.length), '\n')]);
    writeSync(file, padded, 0, padded.length, 0);
    ftruncateSync(file, after.length);
  } finally {
    closeSync(file);
  }
}

/**
 * Undefined where it is not there, or where a program of the container holds a lease on it: that would have the engine wait, and
 * does without newer names until the next change.
 */
function openUnlessHeld(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (['ENOENT', 'EAGAIN', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
