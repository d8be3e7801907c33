/** A file name or path as the kernel has it: bytes, in a string of one character a byte. */
export type PathBytes = string;

const PRINTABLE = /^[ -~]*$/;
const MAX_SHOWN = 256;

export function toPathBytes(text: string): PathBytes {
  return PRINTABLE.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** For the calls of `node:fs`, which encode strings as UTF-8. */
export function fsPath(path: PathBytes): string | Buffer {
  return PRINTABLE.test(path) ? path : Buffer.from(path, 'latin1');
}

/** For calls of the C library. */
export function cString(path: PathBytes): Buffer {
  return Buffer.from(`${path}\0`, 'latin1');
}

/** For error messages: UTF-8 where it is, harmless to a terminal, and not endless. */
export function printable(path: PathBytes): string {
  const text = Buffer.from(path, 'latin1')
    .toString('utf8')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
