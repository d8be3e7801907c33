import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

/** Pairs that exclude each other in most ways. What fails in the long run joins them when it is mended. */
const PAIRS = [
  ...['stop+kill', 'start+start', 'commit+stop', 'commit+rm-f', 'rename+exec', 'rm-f+stop', 'kill+wait', 'logs-f+rm-f'],
  ...['exec+stop', 'network-connect+stop', 'export+kill', 'top+stop', 'kill+stats', 'attach+kill', 'undo+rm-f'],
];
const FAILURES = [
  ...['run/rename', 'run/fsync', 'run/exec', 'commit/rename', 'commit/fsync', 'rm/rename', 'rm/unlink', 'stop/unlink'],
];
const CITIZENS = ['plain', 'plain-rm', 'always-port', 'unless-stopped', 'failure'];

/** The short form of a rig, which the same arguments repeat by hand. */
const finds = test.macro(async (t, rig: string, ...args: string[]) => {
  t.timeout(170_000);
  const child = spawn(process.execPath, [...process.execArgv, MAIN, '--rig', rig, '--seed', '1', ...args]);
  t.teardown(() => child.kill('SIGKILL'));
  const [out, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const [figures, ...faults] = out.trimEnd().split('\n');
  t.deepEqual(faults, []);
  t.is(code, 0, words);
  t.regex(figures ?? '', /"faults":0/);
});

const only = (words: readonly string[]): readonly ['--only', string] => ['--only', words.join(',')];

test.serial(
  'kills of daemon, monitors and clients lose and leak nothing',
  finds,
  'kills',
  '--count',
  '2',
  '--clients',
  '2',
);
test.serial('two commands on one container', finds, 'pairs', '--count', '8', ...only(PAIRS));
test.serial('system calls that fail', finds, 'faults', '--count', '5', ...only(FAILURES));
test.serial('boots', finds, 'reboots', '--count', '1', ...only(CITIZENS));
test.serial('calls that clients leave', finds, 'aborts', '--count', '4', ...only(['run', 'exec', 'logs', 'events']));
