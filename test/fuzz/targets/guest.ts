import { duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { serialize } from 'node:v8';
import fc from 'fast-check';
import { checkManifest } from '../../../src/kernel/third-party/process/check-manifest.js';
import { Channel, MAX_PLUGIN_FRAME } from '../../../src/kernel/third-party/protocol/index.js';
import { edited, inPieces } from '../bytes.js';
import { type Target, taken } from '../target.js';
import { list, object, odd, wholeObject } from '../values.js';

const number = fc.oneof(fc.nat(6), fc.constantFrom(-1, 0.5, 2 ** 53, Number.NaN));
const message = object({
  t: fc.constantFrom('call', 'abort', 'return', 'throw', 'data', 'end', 'credit', 'stop', 'other'),
  id: number,
  stream: number,
  bytes: fc.oneof(fc.uint8Array({ maxLength: 40 }), number),
  method: fc.constantFrom('service', 'next', 'raw', 'open', 'accepted', 'toString', '__proto__'),
  params: odd,
  value: odd,
  error: object({ kind: fc.constantFrom('invalid', 'internal', 'denied'), message: fc.string(), exitCode: number }),
});
const frame = edited(
  message.map((value) => serialize(value)),
  2,
).map((body) => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
});
const text = fc.constantFrom('x', 'a-b', 'Containers.read', 'read', '-x, --long', '', 'A.b');
const option = wholeObject({
  property: text,
  flags: text,
  description: text,
  type: fc.constantFrom('boolean', 'list'),
});
const manifest = wholeObject({
  ...{ id: fc.constant('x'), api: fc.constant(1), summary: text, rights: list(text), replaces: list(text) },
  ...{ asks: list(text), transports: list(text), services: list(odd), handlers: list(odd), columns: list(odd) },
  ...{ filters: list(odd), extensions: list(odd) },
  commands: list(wholeObject({ metadata: odd, options: list(option) })),
});

/** What a plugin's process may say: messages of any form, and a manifest of any form. It is answered, or cut off. */
export const guest: Target<readonly [readonly Buffer[], readonly number[], unknown]> = {
  corpus: [
    [[hollowReturn()], [], {}],
    [[Buffer.from([0xff, 0xff, 0xff, 0xff])], [1], { rights: Object.assign([], { length: 4_294_967_295 }) }],
  ],
  inputs: fc.tuple(
    fc.array(frame, { minLength: 1, maxLength: 5 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
    manifest,
  ),
  async check([frames, sizes, described]) {
    const [ours, theirs] = duplexPair();
    let closed = 0;
    const echo = (params: unknown): unknown => params;
    const channel = new Channel(ours, { service: echo, next: echo }, () => closed++, MAX_PLUGIN_FRAME);
    const answer = channel.call('load', {}).catch((error: Error) => error);
    channel
      .input(1)
      .on('error', () => {})
      .resume();
    channel
      .output(2)
      .on('error', () => {})
      .write('x');
    for (const piece of inPieces(Buffer.concat(frames), sizes)) theirs.write(piece);
    theirs.resume();
    await setImmediate();
    channel.close();
    theirs.destroy();
    await answer;
    await setImmediate();
    if (closed !== 1) throw new Error(`closed ${closed} times`);
    taken(() => checkManifest(described));
  },
};

function hollowReturn(): Buffer {
  const body = serialize({ t: 'return', id: 1, value: Object.assign([], { length: 4_294_967_295 }) });
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}
