import type { Readable, Writable } from 'node:stream';
import { type ClientTrees, GantryError, type TreeReading, type TreeWriting } from '../../kernel/contracts/index.js';

/** A request of a daemon for its client's files and folders, one for each method of `ClientTrees`. */
export type TreeRequest =
  | { readonly do: 'look'; readonly path: string }
  | ({ readonly do: 'read'; readonly path: string } & TreeReading)
  | ({ readonly do: 'write'; readonly path: string } & TreeWriting)
  | { readonly do: 'create'; readonly path: string; readonly text: string };

/** The client's side of `ClientTrees`, with the same errors. */
export interface LocalTrees {
  look(path: string): 'file' | 'directory' | undefined;
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

/** @throws GantryError `invalid`, `denied` for a path that the command line does not name */
export function parseTreeRequest(payload: Buffer, argv: readonly string[]): TreeRequest {
  const request = JSON.parse(payload.toString()) as TreeRequest;
  const { path, as = '', text = '' } = request as Partial<Record<string, unknown>>;
  if (typeof path !== 'string' || typeof as !== 'string' || typeof text !== 'string') {
    throw new GantryError('invalid', 'not a question about a file');
  }
  if (!isPermitted(request, argv)) throw new GantryError('denied', `open ${path}: not named on the command line`);
  return request;
}

/** `docker cp` reads its first operand and writes its last; `run` and `create` make the file of `--cidfile`. */
function isPermitted({ do: what, path }: TreeRequest, argv: readonly string[]): boolean {
  const [first = '', second = ''] = argv;
  const command = first === 'container' ? second : first;
  if (command === 'cp') {
    const [from, to] = argv.filter((word) => word === '-' || !word.startsWith('-')).slice(-2);
    if (what === 'look') return path === from || path === to;
    return (what === 'read' && path === from) || (what === 'write' && path === to);
  }
  if (!['run', 'create'].includes(command) || (what !== 'look' && what !== 'create')) return false;
  return argv.some((word, index) => word === `--cidfile=${path}` || (word === '--cidfile' && argv[index + 1] === path));
}

/** The files of this process, loaded when they are first asked for. @param redirect gets the archive that stdout becomes */
export function lazyTrees(load: () => Promise<LocalTrees>, redirect: (unpacking: Unpacking) => void): ClientTrees {
  return {
    look: async (path) => (await load()).look(path),
    read: async (path, options) => (await load()).read(path, options),
    write: async (path, options) => redirect((await load()).unpack(path, options)),
    create: async (path, text) => (await load()).create(path, text),
  };
}
