import { appendFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { LineLog } from '../plugins/system/index.js';

const MAX_BYTES = 10_000_000;
/** Of what waits until the file can be written again, in characters. */
const MAX_UNWRITTEN = 64 << 10;

/** The daemon's log: a file, and the terminal where it has one. */
export function openLog(path: string, verbose: boolean): LineLog {
  const outputs = [appendingTo(path, MAX_BYTES), (line: string) => writeSync(2, line)];
  return new LineLog((line) => {
    for (const write of outputs) {
      try {
        write(line);
      } catch {
        // A full disk or a closed terminal is no reason to stop, and each is written without the other.
      }
    }
  }, verbose);
}

/** Appends lines to a file, each with those before it that could not be written. One that would grow beyond `maxBytes` becomes `<path>.1`, in place of the one before. */
export function appendingTo(path: string, maxBytes: number): (line: string) => void {
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let unwritten = '';
  return (line) => {
    unwritten = (unwritten + line).slice(-MAX_UNWRITTEN);
    const bytes = Buffer.byteLength(unwritten);
    if (size > 0 && size + bytes > maxBytes) {
      renameSync(path, `${path}.1`);
      size = 0;
    }
    appendFileSync(path, unwritten, { mode: 0o640 });
    unwritten = '';
    size += bytes;
  };
}
