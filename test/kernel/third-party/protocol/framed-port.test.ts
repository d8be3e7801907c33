import { Duplex } from 'node:stream';
import { serialize } from 'node:v8';
import test from 'ava';
import { FramedPort, MAX_FRAME } from '../../../../src/kernel/third-party/protocol/framed-port.js';

function port(): {
  got: unknown[];
  ends: (Error | undefined)[];
  feed(bytes: Buffer): void;
  port: FramedPort;
  stream: Duplex;
} {
  const got: unknown[] = [];
  const ends: (Error | undefined)[] = [];
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const made = new FramedPort(
    stream,
    (message) => got.push(message),
    (error) => ends.push(error),
  );
  return { got, ends, port: made, stream, feed: (bytes) => void stream.emit('data', bytes) };
}

function frame(value: unknown): Buffer {
  const body = serialize(value);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

test('messages come whole, however they were cut', (t) => {
  const bytes = Buffer.concat([frame({ a: 1 }), frame('two'), frame(new Map([[1, 2n]]))]);
  for (const size of [1, 2, 3, 5, bytes.length]) {
    const { got, feed } = port();
    for (let at = 0; at < bytes.length; at += size) feed(bytes.subarray(at, at + size));
    t.deepEqual(got, [{ a: 1 }, 'two', new Map([[1, 2n]])]);
  }
});

const broken: readonly [what: string, bytes: Buffer, message: RegExp][] = [
  ['a frame that is too large', Buffer.from([255, 255, 255, 255]), /a frame of 4294967295 bytes/],
  ['garbage', Buffer.concat([Buffer.from([0, 0, 0, 5]), Buffer.from('abcde')]), /does not parse/],
  ['an empty frame', Buffer.from([0, 0, 0, 0]), /does not parse/],
  [
    'a truncated value',
    Buffer.concat([Buffer.from([0, 0, 0, 6]), serialize('a long text').subarray(0, 6)]),
    /does not parse/,
  ],
  [
    'an array that says it is huge',
    Buffer.from([0, 0, 0, 8, 0xff, 0x0f, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    /does not parse/,
  ],
  [
    'arrays in arrays without end',
    Buffer.concat([Buffer.from([0, 0x0f, 0x42, 0x42]), Buffer.from([0xff, 0x0f]), Buffer.alloc(1_000_000, 'A\x01')]),
    /does not parse/,
  ],
];
for (const [what, bytes, message] of broken) {
  test(`${what} ends it, once`, (t) => {
    const { ends, feed, stream } = port();
    feed(bytes);
    feed(frame('later'));
    t.is(ends.length, 1);
    t.regex(ends[0]?.message ?? '', message);
    t.true(stream.destroyed);
  });
}

test('nothing of a broken peer is believed any more', (t) => {
  const { got, feed } = port();
  feed(Buffer.concat([frame(1), Buffer.from([0, 0, 0, 1, 0]), frame(2)]));
  t.deepEqual(got, [1]);
});

test('a peer that goes, or resets the connection, has broken nothing', async (t) => {
  for (const error of [undefined, new Error('read ECONNRESET')]) {
    const { ends, stream } = port();
    stream.destroy(error);
    await new Promise((resolve) => setImmediate(resolve));
    t.deepEqual(ends, [undefined]);
  }
});

test('what cannot be cloned, or is too large, is refused and leaves the port as it is', (t) => {
  const { port: made, ends } = port();
  t.throws(() => made.send(() => {}), { message: /could not be cloned/ });
  t.throws(() => made.send(Buffer.alloc(MAX_FRAME + 1)), { message: /is too large/ });
  t.deepEqual(ends, []);
});

test('a peer that does not read is given up', (t) => {
  const ends: (Error | undefined)[] = [];
  const stream = new Duplex({ read() {}, write() {} });
  const made = new FramedPort(
    stream,
    () => {},
    (error) => ends.push(error),
  );
  for (let sent = 0; sent < 20; sent++) made.send(Buffer.alloc(4 << 20));
  t.regex(ends[0]?.message ?? '', /does not read/);
});
