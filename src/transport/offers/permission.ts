import { GantryError } from '../../kernel/contracts/index.js';
import type { Offer } from './offer.js';

/** @throws GantryError `denied` for a path that is not among those offered */
export function demandOffered(paths: readonly string[], path: string): void {
  if (path !== '' && paths.includes(path)) return;
  throw new GantryError('denied', `open ${path}: not named on the command line as a file for this`);
}

/** The paths that a request for a file or folder may name. */
export function treesFor(what: 'look' | 'read' | 'write' | 'create', { trees }: Offer): readonly string[] {
  return what === 'look' ? [...trees.read, ...trees.write, ...trees.create] : trees[what];
}

/** Whether a login is that of the registry which the command line names. */
export function isLoginOffered({ logins }: Offer, request: { readonly do: string; readonly server: string }): boolean {
  return logins.do.includes(request.do) && request.server === logins.server;
}
