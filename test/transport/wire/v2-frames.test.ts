import { PassThrough } from 'node:stream';
import test from 'ava';
import { ProtocolError } from '../../../src/kernel/streams/credited.js';
import {
  controlFrame,
  creditFrame,
  FrameDecoder,
  FrameType,
  MAX_PAYLOAD,
  sendData,
} from '../../../src/transport/wire/v2-frames.js';

function decode(chunks: Iterable<Buffer>): [type: number, id: number, bytes: string][] {
  const frames: [number, number, string][] = [];
  const add = (type: number, id: number, bytes: Buffer): void => {
    const last = frames.at(-1);
    if (last?.[0] === type && last[1] === id && type === FrameType.fileData) last[2] += bytes.toString();
    else frames.push([type, id, bytes.toString()]);
  };
  const decoder = new FrameDecoder({ data: add, control: add });
  for (const chunk of chunks) decoder.push(chunk);
  return frames;
}

test('the bytes of a frame', (t) => {
  t.is(controlFrame(FrameType.signal, 'SIGINT').toString('hex'), '0300000006534947494e54');
  t.is(controlFrame(FrameType.fileEnd, '', 7).toString('hex'), '070000000400000007');
  t.is(creditFrame(0, 65536).toString('hex'), '13000000080000000000010000');
});

test('data goes out as header and payload, large data as several frames', (t) => {
  const wire = new PassThrough();
  const sent: Buffer[] = [];
  wire.on('data', (chunk: Buffer) => sent.push(chunk));
  sendData(wire, FrameType.stdout, Buffer.from('hi'), () => {});
  wire.read();
  t.is(Buffer.concat(sent.splice(0)).toString('hex'), '11000000026869');
  sendData(wire, FrameType.fileData, Buffer.alloc(MAX_PAYLOAD + 10, 'x'), () => {}, 1);
  while (wire.read() !== null);
  let length = 0;
  const decoder = new FrameDecoder({
    data: (_type, _id, bytes) => {
      length += bytes.length;
    },
    control: () => t.fail(),
  });
  for (const chunk of sent) decoder.push(chunk);
  t.is(length, MAX_PAYLOAD + 10);
});

test('sending nothing is done at once', (t) => {
  t.plan(1);
  sendData(new PassThrough(), FrameType.stdout, Buffer.alloc(0), () => t.pass());
});

test('frames are the same wherever the bytes are split', (t) => {
  const wire = Buffer.concat([
    controlFrame(FrameType.resize, '{"columns":80,"rows":24}'),
    controlFrame(FrameType.fileData, 'some bytes of a file', 3),
    controlFrame(FrameType.stdinEnd),
    controlFrame(FrameType.fileError, '{}', 0xfffffffe),
    controlFrame(FrameType.fileData, '', 3),
    controlFrame(FrameType.signal, 'SIGTERM'),
  ]);
  const whole = decode([wire]);
  t.deepEqual(whole, [
    [FrameType.resize, 0, '{"columns":80,"rows":24}'],
    [FrameType.fileData, 3, 'some bytes of a file'],
    [FrameType.stdinEnd, 0, ''],
    [FrameType.fileError, 0xfffffffe, '{}'],
    [FrameType.signal, 0, 'SIGTERM'],
  ]);
  t.deepEqual(decode([...wire].map((byte) => Buffer.of(byte))), whole);
  for (let at = 0; at <= wire.length; at++) t.deepEqual(decode([wire.subarray(0, at), wire.subarray(at)]), whole);
});

test('a stream is handed on without waiting for the end of its frame, and without a copy', (t) => {
  const chunk = Buffer.from('1100001000abc', 'hex');
  const pieces: Buffer[] = [];
  const decoder = new FrameDecoder({ data: (_type, _id, bytes) => pieces.push(bytes), control: () => t.fail() });
  decoder.push(Buffer.concat([Buffer.from('1100001000', 'hex'), Buffer.from('begin')]));
  decoder.push(chunk);
  t.is(pieces[0]?.toString(), 'begin');
  t.is(pieces[1], chunk);
});

test('a frame that is too large is refused at its header', (t) => {
  t.throws(() => decode([Buffer.from('0300100001', 'hex')]), { instanceOf: ProtocolError, message: /too large/ });
  t.throws(() => decode([Buffer.from('01ffffffff', 'hex')]), { instanceOf: ProtocolError });
});

test('a frame without its stream number is refused', (t) => {
  t.throws(() => decode([Buffer.from('0600000003', 'hex')]), { instanceOf: ProtocolError, message: /stream number/ });
});
