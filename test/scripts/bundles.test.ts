import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PROJECT } from '../support/engine.js';

/** Runs a line of shell with what the scripts share. */
function sh(line: string, cwd: string): string {
  const script = `home='${PROJECT}'; . "$home/scripts/lib.sh"; ${line}`;
  return execFileSync('/bin/sh', ['-c', script], { cwd, encoding: 'utf8' });
}

test('the bundle of an older build stays for as long as a process runs it', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'gantry-bundles-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  const [run, left, former, now] = ['run', 'left', 'former', 'now'].map((name) => `bundle-${process.pid}-${name}`);
  for (const name of [run, left, former, now]) mkdirSync(join(home, 'dist', String(name)), { recursive: true });
  const daemon = spawn('/bin/sh', ['-c', 'read -r end', 'sh', `${home}/bin/../dist/${run}/main.cjs`]);
  await once(daemon, 'spawn');
  sh(`forget_bundles_but ${now} ${former}`, home);
  t.deepEqual(readdirSync(join(home, 'dist')), [former, now, run].sort());
  const ended = once(daemon, 'exit');
  daemon.stdin.end();
  await ended;
  sh(`forget_bundles_but ${now} ${former}`, home);
  t.deepEqual(readdirSync(join(home, 'dist')), [former, now].sort());
});

test('bundles are as old as their names say, and one without a time is older', (t) => {
  const isOlder = (one: string, other: string): string =>
    sh(`is_older_bundle '${one}' '${other}' && echo yes || echo no`, '/');
  const now = 'bundle-20260131T120000Z';
  t.deepEqual(
    ['bundle', 'bundle-20260131T115959Z', now, 'bundle-20260201T000000Z', ''].map((one) => isOlder(one, now).trim()),
    ['yes', 'yes', 'no', 'no', 'no'],
  );
});
