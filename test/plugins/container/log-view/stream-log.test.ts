import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { LogOptions, OutputStream } from '../../../../src/plugins/container/contracts/index.js';
import { streamLog } from '../../../../src/plugins/container/log-view/stream-log.js';
import { LogWriter } from '../../../../src/plugins/container/logs/log-writer.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-log-view-'));
test.after.always(() => rmSync(folder, { recursive: true }));

/** Chunks as a program wrote them: those of stderr begin with `!`. The n-th was written at n seconds. */
function written(name: string, chunks: readonly string[], segmentBytes = 1_000_000, maxSegments = 2): string {
  const log = join(folder, name);
  const writer = new LogWriter(log, { segmentBytes, maxSegments, waitsForReaders: true });
  for (const [index, chunk] of chunks.entries()) {
    const stream: OutputStream = chunk.startsWith('!') ? 'stderr' : 'stdout';
    writer.append(stream, Buffer.from(chunk.replace(/^!/, '')), index * 1000);
    writer.prune(Number.POSITIVE_INFINITY);
  }
  writer.close();
  return log;
}

async function shown(log: string, options: Partial<LogOptions> = {}, isActive = () => false): Promise<string> {
  let text = '';
  const sink = (_: OutputStream, chunk: Uint8Array): undefined => {
    text += Buffer.from(chunk);
  };
  await streamLog({ log, output: undefined, isActive }, sink, { follow: false, ...options });
  return text;
}

test('what comes between the two halves of a line comes before it', async (t) => {
  t.is(await shown(written('halves', ['a', '!b\n', 'c\nd', '!e', '!f\n', 'g'])), 'b\nac\nef\ndg');
});

test('lines without an end come last, in the order in which they began', async (t) => {
  t.is(await shown(written('ends', ['!err', 'out', '!or'])), 'errorout');
});

test('a line that is very long comes in parts, and as it was', async (t) => {
  const long = Array.from({ length: 40 }, () => 'x'.repeat(100_000));
  t.true((await shown(written('long', [...long, '\nend\n'], 10_000_000))) === `${long.join('')}\nend\n`);
});

test('of a long record a reader keeps a small part at a time, and it comes as it was', async (t) => {
  const lines = Array.from({ length: 60_000 }, (_, index) => `line ${index}\n`);
  const long = `${lines.join('')}${'x'.repeat(200_000)}`;
  const log = written('long-record', ['before\nbeg', long, '!err\n', 'end\n'], 10_000_000);
  const sizes: number[] = [];
  const sink = (_: OutputStream, chunk: Uint8Array): undefined => void sizes.push(chunk.length);
  await streamLog({ log, output: undefined, isActive: () => false }, sink, { follow: false });
  t.true(Math.max(...sizes) <= 128 << 10, `${Math.max(...sizes)}`);
  const whole = `before\nbeg${long}end\n`;
  t.true((await shown(log)).replace('err\n', '') === whole);
  t.true((await shown(log, { tail: 3 })).replace('err\n', '') === whole.slice(whole.indexOf('line 59999')));
});

const MIXED = ['a\n', '!b\nB', 'c', '!\n', 'd\n', '!e'];
for (const [tail, expected] of [
  [0, ''],
  [1, 'e'],
  [2, 'cd\ne'],
  [3, 'B\ncd\ne'],
  [4, 'b\nB\ncd\ne'],
  [5, 'a\nb\nB\ncd\ne'],
  [99, 'a\nb\nB\ncd\ne'],
] as const) {
  test(`the last ${tail} lines of two streams are as many`, async (t) => {
    t.is(await shown(written(`tail-${tail}`, MIXED), { tail }), expected);
  });
}

const ONE_LINE = [
  [['a\n', '!b\n'], 'b\n'],
  [['!a\n', 'b'], 'b'],
  [['a\n', '!b\n', '!c\n', 'd\n'], 'd\n'],
  [['prompt', '!a\n', '!b\n'], 'prompt'],
  [['prompt', '!a\n', ' done\n', '!b\n'], 'b\n'],
  [['prompt', '!a\n'], 'prompt'],
] as const;
for (const [index, [chunks, expected]] of ONE_LINE.entries()) {
  test(`the last line of ${JSON.stringify(chunks)}`, async (t) => {
    t.is(await shown(written(`one-${index}`, chunks), { tail: 1 }), expected);
  });
}

test('lines that began before --since are left out whole, and so is what is after --until', async (t) => {
  const log = written('times', ['a\nb', '!c\n', 'd\ne\n', '!f\n']);
  t.is(await shown(log, { since: 500 }), 'c\ne\nf\n');
  t.is(await shown(log, { until: 1500 }), 'a\nc\nbd\n');
});

for (const [what, chunk] of [
  ['cut in the middle of lines', (n: number) => `${n}\n1`],
  ['of two streams', (n: number) => `${n % 3 === 0 ? '!' : ''}${n}\n1`],
] as const) {
  test(`a log that has lost its oldest lines begins with a whole one, ${what}`, async (t) => {
    const log = written(
      `lost-${what}`,
      Array.from({ length: 500 }, (_, n) => chunk(n + 1000)),
      200,
    );
    const lines = (await shown(log)).split('\n');
    t.true(lines.length > 5);
    // Each line but the last of a stream is the 1 before it, and a number of four digits.
    t.deepEqual(
      lines.filter((line) => !/^(1?1[0-4]\d\d|1{1,2})$/.test(line)),
      [],
    );
    t.regex(lines[0] ?? '', /^1?1[0-4]\d\d$/);
  });
}

test('what has no lines at all is shown where its beginning is lost', async (t) => {
  const log = written(
    'binary',
    Array.from({ length: 40 }, () => 'x'.repeat(100_000)),
    1_000_000,
    3,
  );
  t.true((await shown(log)).length > 500_000);
});

test('a follower that was overtaken gets no two halves as one line', async (t) => {
  const log = join(folder, 'overtaken');
  const writer = new LogWriter(log, { segmentBytes: 100, maxSegments: 2, waitsForReaders: true });
  const add = (text: string): void => {
    writer.append('stdout', Buffer.from(text), 0);
    writer.prune(Number.POSITIVE_INFINITY);
  };
  add('whole\nbegin');
  let looks = 0;
  const text = await shown(log, { follow: true }, () => {
    if (++looks === 2) for (let n = 0; n < 50; n++) add(`ning ${n}\nbegin`);
    return looks <= 2;
  });
  writer.close();
  const [first, ...others] = text.split('\n');
  t.is(first, 'whole');
  t.true(others.length > 2);
  for (const line of others) t.regex(line, /^(beginning \d+|begin)$/);
});
