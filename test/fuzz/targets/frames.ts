import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { ProtocolError } from '../../../src/kernel/streams/index.js';
import {
  controlFrame,
  creditFrame,
  FrameDecoder,
  FrameType,
  MAX_CLIENT_CONTROL,
  sendData,
} from '../../../src/transport/wire/index.js';
import { edited, inPieces } from '../bytes.js';
import { same } from '../fuzz.js';
import { type Target, taken } from '../target.js';

interface Frame {
  readonly type: number;
  readonly id: number;
  readonly bytes: Uint8Array;
}

const { stdin, stdout, stderr, fileData, fileEnd, signal, resize, tree, outcome } = FrameType;
const STREAMS: readonly number[] = [stdin, stdout, stderr, fileData];
const NUMBERED: readonly number[] = [fileData, fileEnd, tree];

const frame: fc.Arbitrary<Frame> = fc.record({
  type: fc.constantFrom(stdin, stdout, stderr, fileData, fileEnd, signal, resize, tree, outcome),
  id: fc.nat(0xffff_ffff),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
});

/** Frames of a connection: the same frames come out, however they are cut; of others nothing is kept beyond a bound. */
export const frames: Target<readonly [readonly Frame[], Buffer, readonly number[]]> = {
  inputs: fc.tuple(
    fc.array(frame, { maxLength: 6 }),
    edited(fc.array(frame, { maxLength: 4 }).map((all) => Buffer.concat(all.map(encoded)))),
    fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }),
  ),
  check([sent, noise, sizes]) {
    const whole = Buffer.concat(sent.map(encoded));
    const right = joined(sent.map((each) => (NUMBERED.includes(each.type) ? each : { ...each, id: 0 })));
    same(decoded(inPieces(whole, sizes)), right, 'frames in pieces');
    taken(() => decoded(inPieces(Buffer.concat([whole, noise]), sizes)), ProtocolError);
    taken(() => decoded([creditFrame(1, noise.length)]), ProtocolError);
  },
};

function encoded({ type, id, bytes }: Frame): Buffer {
  const number = NUMBERED.includes(type) ? id : undefined;
  if (!STREAMS.includes(type)) return controlFrame(type, bytes, number);
  const out = new PassThrough();
  sendData(out, type, Buffer.from(bytes), () => {}, number);
  return (out.read() as Buffer | null) ?? Buffer.alloc(0);
}

function decoded(pieces: readonly Buffer[]): Frame[] {
  const found: Frame[] = [];
  const take = (type: number, id: number, bytes: Buffer): void =>
    void found.push({ type, id, bytes: Buffer.from(bytes) });
  const control = (type: number, id: number, payload: Buffer): void => {
    if (payload.length > MAX_CLIENT_CONTROL) throw new Error('a control frame has no bound');
    take(type, id, payload);
  };
  const decoder = new FrameDecoder({ data: take, control }, MAX_CLIENT_CONTROL);
  for (const piece of pieces) decoder.push(piece);
  return joined(found);
}

/** Neighbouring pieces of a stream are one. */
function joined(all: readonly Frame[]): Frame[] {
  const done: Frame[] = [];
  for (const { type, id, bytes } of all) {
    const last = done.at(-1);
    const goesOn = last?.type === type && last.id === id && STREAMS.includes(type);
    if (goesOn) done.pop();
    done.push({ type, id, bytes: Buffer.concat(goesOn ? [last.bytes, bytes] : [bytes]) });
  }
  return done;
}
