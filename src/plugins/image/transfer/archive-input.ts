import type { Readable } from 'node:stream';
import { type CommandContext, GantryError } from '../../../kernel/index.js';

interface ArchiveInput {
  readonly archive: Readable;
  /** Bytes of the archive, where they are known. */
  readonly total: number | undefined;
}

const URL_SCHEME = /^https?:\/\//i;

/**
 * Opens what `docker import` names: the client's input (`-`), a URL that the engine fetches, else a file of the client; over
 * rcli v1, whose client has no files to give, a URL without `http://`.
 * @throws GantryError
 */
export async function openImportInput(source: string, context: CommandContext): Promise<ArchiveInput> {
  const isAddress = context.protocol === 'v1' && source !== '-' && !URL_SCHEME.test(source);
  const opened = await open(isAddress ? `http://${source}` : source, context);
  failWhenClientGoes(context, opened.archive);
  return opened;
}

/** Makes the archive fail when the client disconnects. */
function failWhenClientGoes({ gone }: CommandContext, archive: Readable): Readable {
  const leave = (): unknown => archive.destroy(new GantryError('unavailable', 'the client has gone'));
  if (gone.aborted) leave();
  gone.addEventListener('abort', leave, { once: true });
  return archive;
}

/** The client's input (`-`), or a file of the client. @throws GantryError */
export async function openArchive(source: string, context: CommandContext): Promise<Readable> {
  return failWhenClientGoes(context, source === '-' ? context.stdin : await context.openFile(source));
}

async function open(source: string, context: CommandContext): Promise<ArchiveInput> {
  if (source === '-') return { archive: context.stdin, total: undefined };
  if (URL_SCHEME.test(source)) return fetched(source, context.gone);
  return { archive: await context.openFile(source), total: undefined };
}

async function fetched(url: string, gone: AbortSignal): Promise<ArchiveInput> {
  const { download } = await import('./download.js');
  const archive = await download(url, gone);
  return { archive, total: Number(archive.headers['content-length']) || undefined };
}
