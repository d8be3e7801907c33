import { GantryError, parseUntrustedJson, plain, truncate } from '../../../kernel/index.js';
import { readDocument } from './body.js';
import type { HttpResponse } from './exchange.js';

const LONGEST_WORDS = 300;

/** A registry's error text: `denied: requested access to the resource is denied`; empty where the response has none. */
export async function errorText(
  answer: HttpResponse,
  stall: number,
  signal: AbortSignal,
  redacted: (text: string) => string,
): Promise<string> {
  try {
    const document = parseUntrustedJson(await readDocument(answer, 'an error', stall, signal)) as {
      readonly errors?: readonly { readonly code?: unknown; readonly message?: unknown }[];
      readonly details?: unknown;
    };
    const [first] = document.errors ?? [];
    const words = first
      ? `${String(first.code ?? 'UNKNOWN')
          .toLowerCase()
          .replaceAll('_', ' ')}: ${String(first.message ?? '')}`
      : String(document.details ?? '');
    return truncate(plain(redacted(words)), LONGEST_WORDS).trim();
  } catch {
    signal.throwIfAborted();
    return '';
  }
}

/** @param words the registry's error text. @param what the subject of the request: `manifest for busybox:latest` */
export function statusError(status: number, host: string, what: string, words: string): GantryError {
  const said = words === '' ? `HTTP status ${status}` : words;
  if (status === 404) return new GantryError('not found', `${what} not found: ${said}`);
  if (status === 401 || status === 403) return new GantryError('denied', `${what}: ${said}`, { hint: loginHint(host) });
  return new GantryError('unavailable', `${what}: registry ${host} refuses: ${said}`);
}

export function loginHint(host: string): string {
  return `Try 'docker login${host === 'registry-1.docker.io' ? '' : ` ${host}`}'`;
}
