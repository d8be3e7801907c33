const BEGIN = Buffer.from('# Containers of the same networks. The engine keeps these lines up to date:\n');
const END = Buffer.from('# End of containers.\n');
const LINE_FEED = 0x0a;

/**
 * A hosts file with these lines between the engine's two marks, and without the marks where there are no lines. What is outside
 * of the marks is the container's own, and stays as it is: it may be no text.
 */
export function withNames(file: Buffer, names: string): Buffer {
  const [before, after] = aroundMarks(file);
  if (names === '') return Buffer.concat([before, after]);
  const gap = before.length === 0 || before.at(-1) === LINE_FEED ? '' : '\n';
  return Buffer.concat([before, Buffer.from(gap), BEGIN, Buffer.from(names), END, after]);
}

/** A hosts file whose lines of one address have another one: the container's own line, when it has left a network. */
export function withOwnAddress(file: Buffer, from: string, to: string): Buffer {
  const lines = file.toString('latin1').split('\n');
  const moved = lines.map((line) => (line.startsWith(`${from}\t`) ? to + line.slice(from.length) : line));
  return Buffer.from(moved.join('\n'), 'latin1');
}

/** A mark without its other one, before or after those of the engine, is the container's own. */
function aroundMarks(file: Buffer): [before: Buffer, after: Buffer] {
  const lastEnd = file.lastIndexOf(END);
  const begin = lastEnd < 0 ? -1 : file.lastIndexOf(BEGIN, lastEnd);
  if (begin < 0) return [file, Buffer.alloc(0)];
  return [file.subarray(0, begin), file.subarray(file.indexOf(END, begin) + END.length)];
}
