/** The list of an archive's images is the longest that is read. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Values in one document: a document of nothing but brackets takes many times its length in memory. */
const MAX_VALUES = 250_000;
const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Parses JSON from a source that nobody vouches for: an archive, a registry. Its size in memory is bounded: in bytes, in
 * values and in depth, before any of it is parsed.
 * @throws SyntaxError for other text, and for more than anybody needs
 */
export function parseUntrustedJson(bytes: Uint8Array, maxValues = MAX_VALUES): unknown {
  refuseExcess(bytes, maxValues);
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

function refuseExcess(bytes: Uint8Array, maxValues: number): void {
  if (bytes.length > MAX_BYTES) throw new SyntaxError('it is too long');
  let values = 0;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === COMMA) values++;
    else if (OPENING.has(byte)) {
      values++;
      depth++;
    } else if (CLOSING.has(byte)) depth--;
    if (values > maxValues) throw new SyntaxError('it has too many values');
    if (depth > MAX_DEPTH) throw new SyntaxError('it is nested too deeply');
  }
}
