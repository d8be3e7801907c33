import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { checkProgramFormat } from '../../src/sysinit/program-format.js';
import { temporaryRoot } from './temporary-root.js';

const script = (text: string) => [text, 0o755] as const;

test('ELF files and scripts with an interpreter run, by a link too', (t) => {
  const root = temporaryRoot(t, { 'bin/run': script('#! /bin/sh -e\n'), 'bin/link': '-> run' });
  copyFileSync(process.execPath, join(root, 'bin/sh'));
  const tree = new ContainerTree(root, []);
  for (const path of ['/bin/sh', '/bin/run', '/bin/link']) t.notThrows(() => checkProgramFormat(tree, path, false));
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
