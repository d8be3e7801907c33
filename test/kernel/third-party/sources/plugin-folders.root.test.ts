import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { listFolder } from '../../../../src/kernel/third-party/sources/plugin-folders.js';
import { demandTrusted } from '../../../../src/kernel/third-party/sources/trusted-files.js';

const NOBODY = 65534;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gantry-folders-'));
  chmodSync(made, 0o755);
  made_.push(made);
  return made;
}
const made_: string[] = [];
test.after.always(() => {
  for (const one of made_) rmSync(one, { recursive: true, force: true });
});

function file(path: string, mode = 0o644): string {
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

test("a folder's plugins are its sources and packages, sorted", (t) => {
  const at = folder();
  for (const name of [
    'b.ts',
    'a.mjs',
    'c.mts',
    'd.js',
    'types.d.ts',
    'a.test.ts',
    '.hidden.ts',
    'copy.ts~',
    '#x.ts',
    'README.md',
    'x.json',
  ]) {
    file(join(at, name));
  }
  mkdirSync(join(at, 'package'));
  file(join(at, 'package/package.json'));
  mkdirSync(join(at, 'no-package'));
  t.deepEqual(listFolder(at), {
    sources: ['a.mjs', 'b.ts', 'c.mts', 'd.js', 'package'].map((name) => join(at, name)),
    refused: undefined,
  });
});

test('a folder that is not there is empty, one that is none is refused', (t) => {
  const at = folder();
  t.deepEqual(listFolder(join(at, 'gone')), { sources: [], refused: undefined });
  t.regex(listFolder(file(join(at, 'file'))).refused ?? '', /cannot be read: ENOTDIR/);
});

test('ten thousand files are taken for a mistake', (t) => {
  const at = folder();
  for (let index = 0; index < 10_000; index++) writeFileSync(join(at, `${index}.ts`), '');
  t.regex(listFolder(at).refused ?? '', /holds 10000 plugins, and at most 500/);
});

const distrusted: readonly [what: string, make: (at: string) => string, message: RegExp][] = [
  ['a file that everyone may write', (at) => file(join(at, 'a.ts'), 0o666), /a\.ts can be written to by everyone/],
  [
    'a file that a group may write',
    (at) => {
      const path = file(join(at, 'a.ts'), 0o664);
      chownSync(path, 0, NOBODY);
      return path;
    },
    /a\.ts can be written to by group 65534/,
  ],
  ["a file that root's group may write", (at) => file(join(at, 'a.ts'), 0o664), /a\.ts can be written to by group 0/],
  [
    'a named pipe',
    (at) => {
      execFileSync('mkfifo', ['-m', '644', join(at, 'a.ts')]);
      return join(at, 'a.ts');
    },
    /a\.ts is no regular file/,
  ],
  [
    'a device',
    (at) => {
      execFileSync('mknod', ['-m', '644', join(at, 'a.ts'), 'c', '1', '5']);
      return join(at, 'a.ts');
    },
    /a\.ts is no regular file/,
  ],
  [
    'a file of 16 MiB and a byte',
    (at) => {
      const path = file(join(at, 'a.ts'));
      truncateSync(path, (16 << 20) + 1);
      return path;
    },
    /a\.ts has over 16 MiB/,
  ],
  [
    "another user's file",
    (at) => {
      const path = file(join(at, 'a.ts'));
      chownSync(path, NOBODY, 0);
      return path;
    },
    /a\.ts belongs to user 65534/,
  ],
  [
    'a folder above that everyone may write',
    (at) => {
      mkdirSync(join(at, 'open/deep'), { recursive: true });
      chmodSync(join(at, 'open'), 0o777);
      return file(join(at, 'open/deep/a.ts'));
    },
    /open can be written to by everyone/,
  ],
  [
    "another user's folder above",
    (at) => {
      mkdirSync(join(at, 'theirs'));
      chownSync(join(at, 'theirs'), NOBODY, 0);
      return file(join(at, 'theirs/a.ts'));
    },
    /theirs belongs to user 65534/,
  ],
  [
    'a link to an untrusted file',
    (at) => {
      symlinkSync(file(join(at, 'target.ts'), 0o666), join(at, 'a.ts'));
      return join(at, 'a.ts');
    },
    /target\.ts can be written to by everyone/,
  ],
  [
    'a link in a folder where others can make links, though it leads to a trusted file',
    (at) => {
      mkdirSync(join(at, 'open'));
      chmodSync(join(at, 'open'), 0o777);
      symlinkSync(file(join(at, 'target.ts')), join(at, 'open/a.ts'));
      return join(at, 'open/a.ts');
    },
    /open can be written to by everyone/,
  ],
  [
    'a link in a circle',
    (at) => {
      symlinkSync(join(at, 'a.ts'), join(at, 'a.ts'));
      return join(at, 'a.ts');
    },
    /cannot be found \(ELOOP\)/,
  ],
  ['nothing', (at) => join(at, 'gone.ts'), /cannot be found \(ENOENT\)/],
];
for (const [what, make, message] of distrusted) {
  test(`not trusted: ${what}`, (t) => {
    const path = make(folder());
    t.throws(() => demandTrusted(path), { message });
  });
}

test("trusted: root's file in a sticky folder, and behind root's links", (t) => {
  const at = folder();
  mkdirSync(join(at, 'sticky'));
  chmodSync(join(at, 'sticky'), 0o1777);
  const real = file(join(at, 'sticky/a.ts'));
  t.notThrows(() => demandTrusted(real));
  symlinkSync('sticky/a.ts', join(at, 'link.ts'));
  symlinkSync(join(at, 'sticky'), join(at, 'folder-link'));
  t.notThrows(() => demandTrusted(join(at, 'link.ts')));
  t.notThrows(() => demandTrusted(join(at, 'folder-link/a.ts')));
  renameSync(real, join(at, 'sticky/b.ts'));
  t.throws(() => demandTrusted(join(at, 'link.ts')), { message: /cannot be found/ });
});
