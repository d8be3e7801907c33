import { createHash } from 'node:crypto';
import { GantryError } from '../../../kernel/index.js';
import { findLink, type Link, listLinks, type NetlinkSocket } from '../host/index.js';

/** The longest root that is told by name: a comment of nft has 128 bytes. */
const MAX_ROOT = 80;

/** The word by which bridges and the nftables table tell whose they are: the engine's root, or its hash. */
export function ownerMark(root: string): string {
  const isPlain = root.length <= MAX_ROOT && /^\/[\w./-]*$/.test(root);
  return isPlain ? root : createHash('sha256').update(root).digest('hex').slice(0, 32);
}

const ALIAS = 'gantry ';

export function bridgeAlias(mark: string): string {
  return `${ALIAS}${mark}`;
}

/**
 * Refuses a bridge that this engine did not make. One of another engine changes hands where no link is on it. A root that
 * cannot be seen from here may be there all the same.
 * @param own the MAC addresses are those that engines before this one gave their bridge, without an alias
 * @throws GantryError `conflict`
 */
export function refuseForeignBridge(
  socket: NetlinkSocket,
  name: string,
  link: Link,
  own: { readonly mark: string; readonly macAddresses: readonly string[] },
): void {
  if (link.kind !== 'bridge') throw foreign(`${name} is no bridge, but another device of the host`);
  if (link.alias === bridgeAlias(own.mark)) return;
  if (link.alias.startsWith(ALIAS)) refuseInUse(socket, `the bridge ${name}`, link.alias.slice(ALIAS.length), [name]);
  else if (!own.macAddresses.includes(link.macAddress))
    throw foreign(`the bridge ${name} is not one that this engine has made`);
}

/**
 * Refuses what is another engine's while containers are on one of its bridges.
 * @param mark empty for what no engine has made
 * @throws GantryError `conflict`
 */
export function refuseInUse(socket: NetlinkSocket, what: string, mark: string, bridges: readonly string[]): void {
  if (mark === '') throw foreign(`${what} is not one that this engine has made`);
  if (!haveLinks(socket, bridges)) return;
  throw foreign(`${what} belongs to the engine of ${mark}, whose containers use it`);
}

function haveLinks(socket: NetlinkSocket, bridges: readonly string[]): boolean {
  const indexes = new Set(bridges.map((name) => findLink(socket, name)?.index));
  return listLinks(socket).some(({ master }) => master !== undefined && indexes.has(master));
}

function foreign(what: string): GantryError {
  return new GantryError('conflict', what, {
    hint: 'Give this engine a bridge and a table of its own with GANTRY_BRIDGE=NAME, or remove what is there',
  });
}
