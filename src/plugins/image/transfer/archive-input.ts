import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { type CommandContext, GantryError } from '../../../kernel/index.js';

interface ArchiveInput {
  readonly archive: Readable;
  /** Bytes of the archive, where they are known. */
  readonly total: number | undefined;
}

const URL_SCHEME = /^https?:\/\//i;

/**
 * Opens what `docker import` names: the client's input (`-`), a URL that the engine fetches, else a file of the client.
 * @throws GantryError
 */
export async function openImportInput(source: string, context: CommandContext): Promise<ArchiveInput> {
  const opened = await open(source, context);
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
  if (URL_SCHEME.test(source)) return download(source, context.gone);
  return { archive: await context.openFile(source), total: undefined };
}

async function download(url: string, gone: AbortSignal): Promise<ArchiveInput> {
  const response = await request(url, gone);
  if (response.status >= 400) {
    const status = `${response.status} ${response.statusText}`.trim();
    throw new GantryError('unavailable', `Got HTTP status code >= 400: ${status}`);
  }
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  return {
    archive: response.body ? Readable.fromWeb(response.body as ReadableStream<Uint8Array>) : Readable.from([]),
    total: length === null ? undefined : Number(length) || undefined,
  };
}

async function request(url: string, gone: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal: gone });
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    throw new GantryError('unavailable', `cannot download ${url}: ${cause?.message || message}`, { cause: error });
  }
}
