import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { PROJECT } from '../support/engine.js';

/** What `bin/docker` gives to Node before its own program: a line of flags. */
function flagsOf(t: ExecutionContext, ...args: string[]): string {
  const home = mkdtempSync(join(tmpdir(), 'launcher-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  const bin = join(home, `node_modules/node-linux-${arch()}/bin`);
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(home, 'bin'));
  mkdirSync(join(home, 'dist'));
  writeFileSync(join(home, 'dist/build'), 'bundle-of-now\n');
  writeFileSync(join(bin, 'node'), '#!/bin/sh\necho "$@"\n');
  chmodSync(join(bin, 'node'), 0o755);
  copyFileSync(join(PROJECT, 'bin/docker'), join(home, 'bin/docker'));
  return execFileSync(join(home, 'bin/docker'), args, { encoding: 'utf8' }).split(' -- ')[0] ?? '';
}

const DAEMON = /--v8-pool-size=4/;
const COMMAND = /--no-concurrent-recompilation --no-concurrent-sparkplug/;

for (const line of ['-d', '-D -d', '--root /x -d', '-H unix:///x -H tcp://127.0.0.1:1 -d -D', '--daemon=true']) {
  test(`docker ${line} is a daemon`, (t) => t.regex(flagsOf(t, ...line.split(' ')), DAEMON));
}

for (const line of ['ps', 'run -d busybox', 'run --rm x sh -d', '--root -d ps', '-H -d ps', 'exec -d c ls']) {
  test(`docker ${line} is a command, which compiles without threads`, (t) => {
    const flags = flagsOf(t, ...line.split(' '));
    t.regex(flags, COMMAND);
    t.notRegex(flags, DAEMON);
  });
}

test('every Node that the engine starts for a while compiles without threads', (t) => {
  const starts = globSync(join(PROJECT, 'src/**/*.ts')).filter((path) =>
    /process\.execPath/.test(readFileSync(path, 'utf8')),
  );
  t.true(starts.length > 3);
  const others = starts.filter(
    (path) => !/SHORT_LIVED_NODE|--no-concurrent-sparkplug/.test(readFileSync(path, 'utf8')),
  );
  // It leads descriptor 4 to Node for `limitedNode`, which has the flags.
  t.deepEqual(
    others.map((path) => path.slice(PROJECT.length)),
    ['src/kernel/third-party/process/guest-process.ts'],
  );
  t.regex(readFileSync(join(PROJECT, 'src/kernel/third-party/process/limits.ts'), 'utf8'), /SHORT_LIVED_NODE/);
});
