import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { checkProgramFormat } from '../../src/sysinit/program-format.js';
import { temporaryRoot } from './temporary-root.js';

const LOADERS = { 'lib64/ld-linux-x86-64.so.2': '', 'lib/ld-linux-aarch64.so.1': '' };
const script = (text: string) => [text, 0o755] as const;

test('ELF files and scripts with an interpreter run, by a link too', (t) => {
  const root = temporaryRoot(t, {
    ...LOADERS,
    ...{ 'bin/run': script('#! /bin/sh -e\n'), 'bin/link': '-> run', 'bin/by-run': script('#!/bin/run\n') },
  });
  copyFileSync(process.execPath, join(root, 'bin/sh'));
  const tree = new ContainerTree(root, []);
  for (const path of ['/bin/sh', '/bin/run', '/bin/link', '/bin/by-run'])
    t.notThrows(() => checkProgramFormat(tree, path, false));
});

test('a program without its dynamic loader, and a script by such a program, are refused', (t) => {
  const root = temporaryRoot(t, { 'bin/run': script('#!/bin/tool\n') });
  copyFileSync(process.execPath, join(root, 'bin/tool'));
  const tree = new ContainerTree(root, []);
  for (const path of ['/bin/tool', '/bin/run']) {
    const error = t.throws(() => checkProgramFormat(tree, path, true));
    t.like(error, { kind: 'no such program' });
    t.regex(error.message, /"\/bin\/tool": its interpreter "\/lib.*ld-linux/);
  }
});

test('a program of a volume, a single file or in a folder, is looked at there', (t) => {
  const folder = temporaryRoot(t, {
    good: script('#!/bin/sh\n'),
    bad: script('#!/bin/sh\r\n'),
    text: script('echo\n'),
  });
  const root = temporaryRoot(t, { 'bin/sh': '-> tool', 'bin/tool': script('\x7fELF'.padEnd(64, '\0')), run: '' });
  const tree = new ContainerTree(root, [
    { source: join(folder, 'good'), destination: '/run' },
    { source: folder, destination: '/v' },
    { source: join(folder, 'text'), destination: '/v/good' },
  ]);
  t.notThrows(() => checkProgramFormat(tree, '/run', false));
  t.throws(() => checkProgramFormat(tree, '/v/bad', false), { message: /its interpreter "\/bin\/sh\\r"/ });
  t.throws(() => checkProgramFormat(tree, '/v/good', false), { message: /exec format error/ });
});

test('what the kernel would not run is refused before anything starts', (t) => {
  const root = temporaryRoot(t, {
    'bin/empty': script(''),
    'bin/cut': script('\x7fELF cut'),
    'bin/text': script('echo hello\n'),
    'bin/lost': script('#!/usr/bin/perl\n'),
    'bin/bare': script('#!\n'),
  });
  const tree = new ContainerTree(root, []);
  for (const path of ['/bin/empty', '/bin/cut', '/bin/text']) {
    t.like(
      t.throws(() => checkProgramFormat(tree, path, false)),
      { kind: 'not executable', message: `exec: "${path}": exec format error` },
    );
    t.notThrows(() => checkProgramFormat(tree, path, true));
  }
  for (const path of ['/bin/lost', '/bin/bare']) {
    t.like(
      t.throws(() => checkProgramFormat(tree, path, true)),
      { kind: 'no such program' },
    );
  }
});
