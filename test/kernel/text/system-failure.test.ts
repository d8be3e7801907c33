import { mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { SystemError } from '../../../src/host/libc.js';
import { failureOf } from '../../../src/kernel/text/failures.js';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('what is damaged on the disk is no bug: it is told with its path, and what to try', (t) => {
  t.deepEqual(failureOf(thrownBy(() => readFileSync('/'))), {
    kind: 'unavailable',
    message: 'illegal operation on a directory, read',
    hint: 'see `docker system check`',
  });
});

test('a full disk is told, whoever finds it', (t) => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const ofDatabase = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  for (const error of [full, ofDatabase]) {
    const { kind, message, hint } = failureOf(error);
    t.is(kind, 'unavailable');
    t.regex(message, /^no space left on device/);
    t.regex(hint ?? '', /docker system prune/);
  }
});

test('a limit that is reached is told as what it is', (t) => {
  const failed = (code: string, syscall: string): string =>
    failureOf(Object.assign(new Error(`${syscall} ${code}`), { code, syscall })).message;
  t.is(failed('EMFILE', 'open'), 'too many open files in the engine');
  t.is(failed('ENFILE', 'pidfd_open'), 'too many open files on this host');
  t.is(failed('ENOMEM', 'mount'), 'the host has no memory left for this');
  t.is(failed('EAGAIN', 'spawn crun'), 'no more processes can be started');
  t.is(failed('ENOBUFS', 'send'), 'the kernel has no room left for its messages');
  t.regex(failed('EAGAIN', 'read'), /^internal error/);
});

test('what the host refuses is told in words, by whatever way it was asked', (t) => {
  const { constants } = os;
  const asked = (call: string, code: 'EBUSY' | 'EPERM' | 'ENOENT' | 'EIO'): string =>
    failureOf(new SystemError(call, constants.errno[code], '/x')).message;
  t.is(asked('umount', 'EBUSY'), 'umount /x: resource busy or locked');
  t.is(asked('mount', 'EPERM'), 'mount /x: operation not permitted');
  t.is(asked('read', 'EIO'), 'read /x: i/o error');
  t.is(asked('mkdir', 'ENOENT'), 'mkdir /x: no such file or directory');
  t.regex(
    failureOf(thrownBy(() => mkdirSync('/nosuch/folder'))).message,
    /^no such file or directory, mkdir '\/nosuch/,
  );
});

test('a statement that is wrong is a bug, as any other error is', (t) => {
  const wrong = thrownBy(() => new DatabaseSync(':memory:').exec('NONSENSE'));
  t.is(failureOf(wrong).kind, 'internal');
  t.is(failureOf(new TypeError('x is undefined')).kind, 'internal');
});
