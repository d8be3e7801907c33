import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { type ClientTrees, type CommandContext, GantryError, isKind } from '../../../kernel/index.js';

/** The client's environment and files, for names of variables and paths in flags. */
export type ClientContext = Pick<CommandContext, 'env' | 'openFile' | 'resolvePath'>;

/** @throws GantryError `denied` for a client that gives no access to its files (rcli v1, http) */
export function clientFilesOf({ trees }: CommandContext): ClientTrees {
  if (trees) return trees;
  throw new GantryError('denied', 'this client does not give access to its files', { hint: 'Use the docker command' });
}

const LINE_FEED = 0x0a;
const MAX_FILE_BYTES = 16 << 20;

/** The text of a client's file. @throws GantryError `invalid` for one over 16 MiB, and for what is no UTF-8 */
async function readClientText(file: string, stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > MAX_FILE_BYTES) throw new GantryError('invalid', 'a file that the command names is larger than 16 MiB');
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  if (isUtf8(bytes)) return bytes.toString();
  throw new GantryError('invalid', `${file} contains invalid utf8 bytes at line ${firstBadLine(bytes)}`);
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  let begin = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, begin)) {
    if (!isUtf8(bytes.subarray(begin, end))) return line;
    begin = end + 1;
    line++;
  }
  return line;
}

/** The text of a client's file that a flag names. @throws GantryError `usage` for one that cannot be opened; `invalid` */
export async function openClientText(file: string, client: Pick<ClientContext, 'openFile'>): Promise<string> {
  const stream = await client.openFile(file).catch((cause: unknown) => {
    throw isKind(cause, 'not found') ? new GantryError('usage', (cause as GantryError).message, { cause }) : cause;
  });
  return readClientText(file, stream);
}
