import type { Readable, Writable } from 'node:stream';
import { type ClientTrees, GantryError, type TreeReading, type TreeWriting } from '../../kernel/contracts/index.js';

/** A request of a daemon for its client's files and folders, one for each method of `ClientTrees`. */
export type TreeRequest =
  | { readonly do: 'look'; readonly path: string; readonly followLink?: boolean }
  | ({ readonly do: 'read'; readonly path: string } & TreeReading)
  | ({ readonly do: 'write'; readonly path: string } & TreeWriting)
  | { readonly do: 'create'; readonly path: string; readonly text: string };

/** The client's side of `ClientTrees`, with the same errors. */
export interface LocalTrees {
  look(path: string, options: { readonly followLink: boolean }): 'file' | 'directory' | undefined;
  read(path: string, options: TreeReading): Readable;
  unpack(path: string, options: TreeWriting): Unpacking;
  create(path: string, text: string): void;
}

/** An archive that is being unpacked. */
export interface Unpacking {
  readonly input: Writable;
  /** Settles when all of it is unpacked. @throws GantryError */
  readonly done: Promise<void>;
}

/** @throws GantryError `invalid` */
export function parseTreeRequest(payload: Buffer): TreeRequest {
  const request: unknown = JSON.parse(payload.toString());
  const { do: what, path, as = '', text = '' } = (request ?? {}) as Partial<Record<string, unknown>>;
  const isKnown = typeof what === 'string' && ['look', 'read', 'write', 'create'].includes(what);
  if (isKnown && typeof path === 'string' && typeof as === 'string' && typeof text === 'string') {
    return request as TreeRequest;
  }
  throw new GantryError('invalid', 'not a question about a file');
}

/** The files of this process, loaded when they are first asked for. @param redirect gets the archive that stdout becomes */
export function lazyTrees(load: () => Promise<LocalTrees>, redirect: (unpacking: Unpacking) => void): ClientTrees {
  return {
    look: async (path, options = { followLink: true }) => (await load()).look(path, options),
    read: async (path, options) => (await load()).read(path, options),
    write: async (path, options) => redirect((await load()).unpack(path, options)),
    create: async (path, text) => (await load()).create(path, text),
  };
}
