import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Epoll } from '../../src/host/epoll.js';
import { check, libc } from '../../src/host/libc.js';

function pipe(t: ExecutionContext): { readonly reader: number; readonly writer: number } {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-readiness-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'pipe');
  check(libc().mknod(path, 0o010600, 0), 'mknod', path);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY) };
}

const buffer = Buffer.alloc(100);

test('tells of bytes as they come, of several pipes, and of the end', async (t) => {
  const readiness = new Epoll();
  const [one, other] = [pipe(t), pipe(t)];
  const heard: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let open = 2;
  for (const [name, { reader }] of Object.entries({ one, other })) {
    readiness.watch(reader, () => {
      const length = readSync(reader, buffer);
      heard.push(`${name} ${buffer.subarray(0, length)}`);
      if (length > 0) return;
      readiness.forget(reader);
      closeSync(reader);
      if (--open === 0) resolve();
    });
  }
  writeSync(one.writer, 'a');
  closeSync(one.writer);
  writeSync(other.writer, 'b');
  closeSync(other.writer);
  await ended;
  t.deepEqual(
    heard.filter((entry) => entry.startsWith('one')),
    ['one a', 'one '],
  );
  t.deepEqual(
    heard.filter((entry) => entry.startsWith('other')),
    ['other b', 'other '],
  );
});

test('can be used again after the last descriptor is gone', async (t) => {
  const readiness = new Epoll();
  for (const word of ['first', 'second']) {
    const { reader, writer } = pipe(t);
    const heard = new Promise<string>((resolve) => {
      readiness.watch(reader, () => {
        const length = readSync(reader, buffer);
        readiness.forget(reader);
        resolve(buffer.toString('utf8', 0, length));
      });
    });
    writeSync(writer, word);
    t.is(await heard, word);
    closeSync(reader);
    closeSync(writer);
  }
});

test('the end alone is told, too, of a pipe that is full', async (t) => {
  const readiness = new Epoll();
  const { reader, writer } = pipe(t);
  let ended = false;
  const told = new Promise<void>((resolve) => {
    readiness.watchEnd(reader, () => {
      t.true(ended);
      readiness.forget(reader);
      resolve();
    });
  });
  writeSync(writer, 'unread');
  await new Promise((resolve) => setTimeout(resolve, 50));
  ended = true;
  closeSync(writer);
  await told;
  closeSync(reader);
});
