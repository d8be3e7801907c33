import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { DEFAULT_LOG } from '../../../../src/plugins/container/contracts/index.js';
import { copyLog } from '../../../../src/plugins/container/log-view/copy-log.js';
import { LogReader } from '../../../../src/plugins/container/logs/log-reader.js';
import { LogWriter } from '../../../../src/plugins/container/logs/log-writer.js';
import { logLimits } from '../../../../src/plugins/container/logs/rotation.js';

const LIMITS = logLimits({ log: { driver: 'local', ...DEFAULT_LOG } });
const folder = mkdtempSync(join(tmpdir(), 'gantry-log-'));
test.after.always(() => rmSync(folder, { recursive: true }));

test('records come back as they were, the largest and empty ones too', (t) => {
  const path = join(folder, 'exact');
  const writer = new LogWriter(path, LIMITS);
  const chunks = [Buffer.from('one\n'), Buffer.alloc(0), randomBytes(1 << 20), Buffer.from('last')];
  for (const [index, chunk] of chunks.entries()) writer.append(index % 2 ? 'stderr' : 'stdout', chunk, 1000 + index);
  t.is(statSync(`${path}.0`).size, writer.size);
  writer.close();

  const reader = new LogReader(path);
  const seen = [];
  for (let records = reader.read(); records.length > 0; records = reader.read()) seen.push(...records);
  reader.close();
  t.deepEqual(
    seen.map(({ stream, time }) => [stream, time]),
    chunks.map((_, index) => [index % 2 ? 'stderr' : 'stdout', 1000 + index]),
  );
  t.true(Buffer.concat(seen.map(({ data }) => data)).equals(Buffer.concat(chunks)));
});

test('a record that was cut short is not there yet, and is once it is whole', (t) => {
  const path = join(folder, 'cut');
  const writer = new LogWriter(path, LIMITS);
  writer.append('stdout', Buffer.from('whole'), 1);
  const whole = statSync(`${path}.0`).size;
  const header = Buffer.alloc(16);
  header.writeUInt32LE(4, 0);
  appendFileSync(`${path}.0`, header);
  const reader = new LogReader(path);
  t.is(reader.read().length, 1);
  t.is(reader.position, whole);
  t.deepEqual(reader.read(), []);
  appendFileSync(`${path}.0`, 'more');
  t.is(Buffer.from(reader.read()[0]?.data ?? []).toString(), 'more');
  reader.close();
  writer.close();
});

test('a writer goes on where the last one stopped', (t) => {
  const path = join(folder, 'again');
  for (const text of ['first', 'second']) {
    const writer = new LogWriter(path, LIMITS);
    writer.append('stdout', Buffer.from(text), 0);
    writer.close();
  }
  const reader = new LogReader(path);
  t.deepEqual(
    reader.read().map(({ data }) => Buffer.from(data).toString()),
    ['first', 'second'],
  );
  reader.close();
});

test('a log that is not there is empty', async (t) => {
  await copyLog(join(folder, 'missing'), () => t.fail() as undefined);
  t.pass();
});

for (const [what, cut] of Object.entries({
  'a record without its end': Buffer.concat([Buffer.from([200, 0, 0, 0]), Buffer.alloc(100)]),
  'a piece of a header': Buffer.alloc(7, 1),
  nonsense: Buffer.alloc(5000, 0xff),
  'what a power cut has left empty': Buffer.alloc(4096),
})) {
  test(`${what} is taken off, and the log goes on after it`, (t) => {
    const path = join(folder, `damaged-${what}`);
    const first = new LogWriter(path, LIMITS);
    first.append('stdout', Buffer.from('before'), 1);
    first.close();
    appendFileSync(`${path}.0`, cut);
    const second = new LogWriter(path, LIMITS);
    second.append('stdout', Buffer.from('after'), 2);
    second.close();
    const reader = new LogReader(path);
    const texts = reader.read().map(({ data }) => Buffer.from(data).toString());
    reader.close();
    t.deepEqual(texts, ['before', 'after']);
  });
}

const SMALL = { segmentBytes: 1000, maxSegments: 3, waitsForReaders: true };

function append(writer: LogWriter, from: number, to: number): void {
  for (let number = from; number < to; number++) writer.append('stdout', Buffer.from(`${number}\n`), number);
}

function readAll(reader: LogReader): string {
  let text = '';
  for (let records = reader.read(); records.length > 0; records = reader.read()) {
    for (const { data } of records) text += Buffer.from(data);
  }
  return text;
}

test('a log that is full loses its oldest lines, and a reader that keeps up loses none and doubles none', (t) => {
  const path = join(folder, 'rotated');
  const writer = new LogWriter(path, SMALL);
  const reader = new LogReader(path);
  let seen = '';
  for (let number = 0; number < 1000; number += 10) {
    append(writer, number, number + 10);
    writer.prune(Number.POSITIVE_INFINITY);
    seen += readAll(reader);
  }
  t.is(seen, Array.from({ length: 1000 }, (_, number) => `${number}\n`).join(''));
  const files = readdirSync(folder).filter((name) => name.startsWith('rotated.'));
  t.is(files.length, 3);
  const late = new LogReader(path, 0);
  t.true(late.isAfterGap);
  const kept = readAll(late);
  t.true(kept.length > 200 && seen.endsWith(kept));
  for (const open of [reader, late, writer]) open.close();
});

test('what somebody has still to read stays, and what is held is there after it was removed', (t) => {
  const path = join(folder, 'needed');
  const writer = new LogWriter(path, SMALL);
  append(writer, 0, 500);
  t.false(writer.prune(0));
  const reader = new LogReader(path);
  reader.holdRest();
  t.true(writer.prune(Number.POSITIVE_INFINITY));
  t.is(readAll(reader), Array.from({ length: 500 }, (_, number) => `${number}\n`).join(''));
  reader.close();
  writer.close();
});

test('a record whose data were moved when the engine was killed is whole after a repair', async (t) => {
  const path = join(folder, 'killed.log');
  const writer = new LogWriter(path, LIMITS);
  writer.append('stdout', Buffer.from('before'), 1);
  writer.close();
  const header = Buffer.alloc(16);
  header.writeUInt32LE(0xffff_ffff, 0);
  header.writeUInt8(1, 4);
  header.writeDoubleLE(5, 8);
  appendFileSync(`${path}.0`, Buffer.concat([header, Buffer.from('moved')]));
  const seen: string[] = [];
  const sink = (stream: string, data: Uint8Array): undefined =>
    void seen.push(`${stream} ${Buffer.from(data)}`) as undefined;
  await copyLog(path, sink);
  t.deepEqual(seen, ['stdout before']);
  // Whoever writes next repairs it.
  new LogWriter(path, LIMITS).close();
  seen.length = 0;
  await copyLog(path, sink);
  t.deepEqual(seen, ['stdout before', 'stderr moved']);
});

test('a segment says first which streams are in the middle of a line', (t) => {
  const path = join(folder, 'rest');
  const limits = { segmentBytes: 100, maxSegments: 2, waitsForReaders: true };
  const fill = (writer: LogWriter) => writer.append('stderr', Buffer.from(`${'x'.repeat(90)}\n`), 0);
  const first = new LogWriter(path, limits);
  first.append('stdout', Buffer.from('in the middle'), 0);
  fill(first);
  first.close();
  // Another engine goes on.
  const writer = new LogWriter(path, limits);
  fill(writer);
  writer.append('stdout', Buffer.from(' of a line\n'), 0);
  writer.prune(Number.POSITIVE_INFINITY);
  const reader = new LogReader(path);
  const seen = [...reader.read(), ...reader.read()].map(({ stream, isAfterGap, isRest, data }) => {
    return [stream, isAfterGap, isRest, data.length];
  });
  t.deepEqual(seen, [
    ['stdout', true, true, 0],
    ['stderr', true, false, 91],
    ['stdout', false, false, 0],
    ['stdout', false, false, 11],
  ]);
  for (const open of [reader, writer]) open.close();
});
