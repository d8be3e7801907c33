import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { LogReader, LogWriter, readLog, repairLog } from '../../../src/plugins/container/log-file.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-log-'));
test.after.always(() => rmSync(folder, { recursive: true }));

test('records come back as they were, the largest and empty ones too', (t) => {
  const path = join(folder, 'exact');
  const writer = new LogWriter(path);
  const chunks = [Buffer.from('one\n'), Buffer.alloc(0), randomBytes(1 << 20), Buffer.from('last')];
  for (const [index, chunk] of chunks.entries()) writer.append(index % 2 ? 'stderr' : 'stdout', chunk, 1000 + index);
  t.is(statSync(path).size, writer.size);
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
  const writer = new LogWriter(path);
  writer.append('stdout', Buffer.from('whole'), 1);
  const whole = statSync(path).size;
  const header = Buffer.alloc(16);
  header.writeUInt32LE(4, 0);
  appendFileSync(path, header);
  const reader = new LogReader(path);
  t.is(reader.read().length, 1);
  t.is(reader.position, whole);
  t.deepEqual(reader.read(), []);
  appendFileSync(path, 'more');
  t.is(Buffer.from(reader.read()[0]?.data ?? []).toString(), 'more');
  reader.close();
  writer.close();
});

test('a writer goes on where the last one stopped', (t) => {
  const path = join(folder, 'again');
  for (const text of ['first', 'second']) {
    const writer = new LogWriter(path);
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
  await readLog(join(folder, 'missing'), () => t.fail() as undefined);
  t.pass();
});

for (const [what, cut] of Object.entries({
  'a record without its end': Buffer.concat([Buffer.from([200, 0, 0, 0]), Buffer.alloc(100)]),
  'a piece of a header': Buffer.alloc(7, 1),
  nonsense: Buffer.alloc(5000, 0xff),
})) {
  test(`${what} is taken off, and the log goes on after it`, (t) => {
    const path = join(folder, `damaged-${what}`);
    const first = new LogWriter(path);
    first.append('stdout', Buffer.from('before'), 1);
    first.close();
    appendFileSync(path, cut);
    repairLog(path);
    const second = new LogWriter(path);
    second.append('stdout', Buffer.from('after'), 2);
    second.close();
    const reader = new LogReader(path);
    const texts = reader.read().map(({ data }) => Buffer.from(data).toString());
    reader.close();
    t.deepEqual(texts, ['before', 'after']);
  });
}
