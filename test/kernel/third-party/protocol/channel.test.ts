import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { serialize } from 'node:v8';
import test from 'ava';
import { GantryError, GuestError } from '../../../../src/kernel/contracts/errors.js';
import { type CallHandlers, Channel } from '../../../../src/kernel/third-party/protocol/channel.js';

function pair(handlers: CallHandlers = {}, ours: CallHandlers = {}) {
  const [left, right] = duplexPair();
  const ends: (Error | undefined)[] = [];
  const here = new Channel(left, ours, (error) => ends.push(error));
  const there = new Channel(right, handlers, () => {});
  return { here, there, ends, left, right };
}

/** A peer that keeps to no protocol. */
function hostile(handlers: CallHandlers = {}) {
  const [left, right] = duplexPair();
  const ends: (Error | undefined)[] = [];
  const here = new Channel(left, handlers, (error) => ends.push(error));
  return { here, ends, right, say: (message: unknown) => say(right, message) };
}

function say(stream: Duplex, message: unknown): void {
  const body = serialize(message);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  stream.write(Buffer.concat([header, body]));
}

const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('calls both ways give what they give, and throw what they throw', async (t) => {
  const { here, there } = pair(
    {
      add: (({ a, b }: { a: number; b: number }) => a + b) as never,
      refuse: () => {
        throw new GantryError('denied', 'no', { hint: 'Ask', exitCode: 7 });
      },
      fail: () => {
        throw new TypeError('a bug');
      },
      uncloneable: () => () => {},
    },
    { ping: () => 'pong' },
  );
  t.is(await here.call('add', { a: 1, b: 2 }), 3);
  t.is(await there.call('ping', {}), 'pong');
  t.like(await t.throwsAsync(here.call('refuse', {})), { kind: 'denied', message: 'no', hint: 'Ask', exitCode: 7 });
  const bug = await t.throwsAsync(here.call('fail', {}), { instanceOf: GuestError, message: 'a bug' });
  t.regex((bug as GuestError).guestStack, /channel\.test/);
  await t.throwsAsync(here.call('uncloneable', {}), { message: /could not be cloned/ });
  await t.throwsAsync(
    here.call('add', () => {}),
    { message: /could not be cloned/ },
  );
  t.is(await here.call('add', { a: 2, b: 2 }), 4);
});

test('an error of the peer is believed in its form only', async (t) => {
  const { here, say: tell } = hostile();
  const calls = [1, 2, 3].map((id) => t.throwsAsync(here.call(`m${id}`, {})));
  tell({
    t: 'throw',
    id: 1,
    error: { kind: 'constructor', message: { toString: 1 }.toString === undefined ? '' : 'x', stack: 5 },
  });
  tell({ t: 'throw', id: 2, error: { kind: 'denied', message: 'm', hint: 5, exitCode: 4000 } });
  tell({ t: 'throw', id: 3, error: null });
  const [first, second, third] = await Promise.all(calls);
  t.true(first instanceof GuestError);
  t.like(second, { kind: 'denied', hint: undefined, exitCode: undefined });
  t.true(third instanceof GuestError);
});

test('an abort reaches the handler', async (t) => {
  const { here } = pair({
    wait: ((_: unknown, signal: AbortSignal) => once(signal, 'abort').then(() => 'aborted')) as never,
  });
  const controller = new AbortController();
  const call = here.call('wait', {}, controller.signal);
  controller.abort();
  t.is(await call, 'aborted');
  t.is(await here.call('wait', {}, AbortSignal.abort()), 'aborted');
});

test('a peer that vanishes ends calls, handlers and streams', async (t) => {
  let aborted = false;
  const { here, there, ends, left } = pair(
    { never: () => new Promise(() => {}) },
    {
      mine: ((_: unknown, signal: AbortSignal) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise(() => {});
      }) as never,
    },
  );
  const call = t.throwsAsync(here.call('never', {}), { message: 'the other side has gone' });
  there.call('mine', {}).catch(() => {});
  const [input, output] = [here.input(1), here.output(2)];
  await turns();
  left.destroy();
  await call;
  await turns();
  t.true(aborted && input.destroyed && output.destroyed && here.isClosed);
  t.is(ends.length, 1);
  await t.throwsAsync(here.call('never', {}), { message: 'the other side has gone' });
  t.true(here.input(3).destroyed && here.output(4).destroyed);
});

const breaches: readonly [what: string, messages: readonly unknown[], message: RegExp][] = [
  ['no message', [5], /no known form/],
  ['nothing', [null], /no known form/],
  ['an unknown kind', [{ t: 'shutdown', id: 1 }], /no known form/],
  ['an unknown method', [{ t: 'call', id: 1, method: 'nope', params: {} }], /a call of 'nope'/],
  ['a method of every object', [{ t: 'call', id: 1, method: 'toString', params: {} }], /a call of 'toString'/],
  ['a fraction of a call', [{ t: 'call', id: 0.5, method: 'wait', params: {} }], /no known form/],
  ['one call twice', [1, 1].map((id) => ({ t: 'call', id, method: 'wait', params: {} })), /call 1 twice/],
  [
    'a flood of calls',
    Array.from({ length: 2001 }, (_, id) => ({ t: 'call', id, method: 'wait', params: {} })),
    /more than 2000 calls/,
  ],
  [
    'calls that hold much',
    Array.from({ length: 20 }, (_, id) => ({ t: 'call', id, method: 'wait', params: Buffer.alloc(4 << 20) })),
    /hold too much/,
  ],
  ['negative credit', [{ t: 'credit', stream: 1, bytes: -5 }], /no known form/],
  ['data that are none', [{ t: 'data', stream: 1, bytes: 'text' }], /no known form/],
  [
    'more data than was asked for',
    [{ t: 'data', stream: 1, bytes: Buffer.alloc(1) }],
    /more was sent than was asked for/,
  ],
];
for (const [what, messages, message] of breaches) {
  test(`a peer that sends ${what} is given up`, async (t) => {
    const { here, ends, say: tell } = hostile({ wait: () => new Promise(() => {}) });
    here.input(1);
    for (const one of messages) tell(one);
    await turns(100);
    t.is(ends.length, 1);
    t.regex(ends[0]?.message ?? '', message);
  });
}

test('answers that nobody waits for, and news of unknown streams, do nothing', async (t) => {
  const { here, ends, say: tell } = hostile();
  for (const message of [
    { t: 'return', id: 99, value: 1 },
    { t: 'throw', id: 99, error: {} },
    { t: 'abort', id: 99 },
    { t: 'data', stream: 99, bytes: Buffer.alloc(10) },
    { t: 'end', stream: 99 },
    { t: 'stop', stream: 99 },
    { t: 'credit', stream: 98, bytes: 10 },
  ])
    tell(message);
  await turns();
  t.deepEqual(ends, []);
  t.false(here.isClosed);
});

test('streams carry bytes whole, both ways, whichever end is opened first', async (t) => {
  const { here, there } = pair();
  const content = Buffer.alloc(3_000_000, 'content');
  there.output(1).end(content);
  t.true((await buffer(here.input(1))).equals(content));
  const late = here.input(2);
  const read = buffer(late);
  await turns();
  there.output(2).end(content);
  t.true((await read).equals(content));
});

test('a reader that does not read holds its writer, and nobody else', async (t) => {
  const { here, there } = pair({ ping: () => 'pong' });
  here.input(1).pause();
  const output = there.output(1);
  const sentAll = new Promise((resolve) => output.write(Buffer.alloc(8 << 20), resolve)).then(() => 'all');
  await turns(200);
  t.is(await Promise.race([sentAll, Promise.resolve('held')]), 'held');
  t.is(await here.call('ping', {}), 'pong');
});

test('a reader that goes stops its writer', async (t) => {
  const { here, there } = pair();
  const [input, output] = [here.input(1), there.output(1)];
  input.resume();
  await turns();
  input.destroy();
  await turns();
  t.true(output.destroyed);
  here.input(2).destroy();
  await turns();
  t.true(there.output(2).destroyed, 'also one that was opened too late');
});

test('thousands of streams, one after the other, leave the later ones room', async (t) => {
  const { here, there } = pair();
  for (let stream = 1; stream <= 5000; stream++) {
    const read = buffer(here.input(stream));
    there.output(stream).end('some words');
    t.is((await read).toString(), 'some words');
  }
  const early = buffer(here.input(6000));
  await turns();
  there.output(6000).end('still');
  t.is((await early).toString(), 'still');
});
