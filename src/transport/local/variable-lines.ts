import { Readable } from 'node:stream';
import type { Env } from '../addresses/index.js';

const LINE_FEED = 0x0a;
/** No variable has a longer name. */
const LONGEST_NAME = 64 * 1024;

/**
 * A file of variables whose lines of a `NAME` alone have the value of the user's variable: `NAME=value`. So a daemon learns those
 * that the user's own file names, and no others. Lines of names that the user has not set, and all others, stay as they are.
 */
export function withValues(file: Readable, env: Env): Readable {
  const filled = Readable.from(lines(file, env), { objectMode: false });
  filled.once('close', () => file.destroy());
  return filled;
}

/** Chunks that end with their last whole line, unless that is too long to be a name. */
async function* lines(file: Readable, env: Env): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  let isInLongLine = false;
  for await (const chunk of file) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    const filled: Buffer[] = [];
    let begin = 0;
    for (let end = bytes.indexOf(LINE_FEED) + 1; end > 0; end = bytes.indexOf(LINE_FEED, begin) + 1) {
      const line = bytes.subarray(begin, end);
      filled.push(isInLongLine ? line : withValue(line, env));
      isInLongLine = false;
      begin = end;
    }
    rest = bytes.subarray(begin);
    if (isInLongLine || rest.length > LONGEST_NAME) {
      isInLongLine = true;
      filled.push(rest);
      rest = Buffer.alloc(0);
    }
    if (filled.length > 0) yield Buffer.concat(filled);
  }
  if (rest.length > 0) yield withValue(rest, env);
}

/** A value with a line break is left out: the file has no way to write one. */
function withValue(line: Buffer, env: Env): Buffer {
  const name = line
    .toString()
    .replace(/^\ufeff/, '')
    .trim();
  const value = /^[^#=\s][^=\s]*$/.test(name) ? env[name] : undefined;
  return value === undefined || /[\r\n]/.test(value) ? line : Buffer.from(`${name}=${value}\n`);
}
