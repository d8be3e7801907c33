import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { parseRequestLine, readRequestLine } from '../../../src/transport/wire/index.js';
import { edited, inPieces } from '../bytes.js';
import { same } from '../fuzz.js';
import { type Target, taken } from '../target.js';
import { json, list, object, wholeObject } from '../values.js';

const word = fc.string({ unit: 'grapheme', maxLength: 8 });
const second = wholeObject({
  gantry: fc.constant(2),
  argv: list(word),
  terminal: object({
    ...{ stdin: fc.boolean(), stdout: fc.boolean(), stderr: fc.boolean(), detachKeys: word },
    ...{ columns: fc.integer({ min: -1, max: 70000 }), rows: fc.nat(70000) },
  }),
  env: fc.dictionary(fc.constantFrom('HOME', '__proto__', 'a b', '', 'X'), word),
  cwd: fc.constantFrom('/', '/a/b', 'relative', '/\0'),
  program: fc.constantFrom('0.2.0', '\u001b[2J', 'x'.repeat(200)),
  logins: fc.boolean(),
  trees: fc.boolean(),
});

/** The first line of a connection: it is found however it comes, and what is made of it is of the right kind. */
export const rcli: Target<readonly [Buffer, readonly number[]]> = {
  corpus: [
    [Buffer.from('["ps","-a"]'), []],
    [Buffer.from('{"gantry":2,"argv":["ps"]}'), [3]],
    [Buffer.from(`{"gantry":2,"argv":["ps"],"env":{"__proto__":"x"}}`), []],
    [Buffer.from('['.repeat(900_000)), []],
  ],
  inputs: fc.tuple(
    edited(fc.oneof(list(word).map(json), second.map(json)), 2),
    fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
  ),
  async check([bytes, sizes]) {
    const request = taken(() => parseRequestLine(bytes));
    if (request) {
      const { argv } = request;
      if (!argv.every((each) => typeof each === 'string' && !each.includes('\0'))) throw new Error('argv was taken');
      if (request.version === 2 && Object.getPrototypeOf(request.env) !== Object.prototype) throw new Error('env');
      if (request.version === 2 && !request.cwd.startsWith('/')) throw new Error('cwd');
    }
    await lineIsFound(bytes, sizes);
  },
};

async function lineIsFound(bytes: Buffer, sizes: readonly number[]): Promise<void> {
  const end = bytes.indexOf(0x0a);
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  const stream = new PassThrough();
  const reading = readRequestLine(stream as EventEmitter as Socket, 1000).catch((error: Error) => error);
  for (const piece of inPieces(Buffer.concat([line, Buffer.from('\nrest')]), sizes)) stream.write(piece);
  const found = await reading;
  if (Buffer.isBuffer(found)) same(found, Buffer.from(line), 'the first line');
  stream.destroy();
}
