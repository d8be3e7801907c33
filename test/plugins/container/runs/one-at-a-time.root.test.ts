import { once } from 'node:events';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';
import { freezeByRuntime } from '../support/freeze-by-runtime.js';

const given = engineFor(test);

const inspect = async (name: string) => JSON.parse(await given.engine.ok('inspect', name))[0];
/** A program that ignores SIGTERM. */
const DEAF = ['sh', '-c', 'trap : TERM; while :; do sleep 0.1; done'];

/** A tar archive of one empty file, and the zeros at its end apart. */
function archiveOf(name: string): { readonly file: Buffer; readonly end: Buffer } {
  const file = Buffer.alloc(512);
  file.write(name, 0);
  const fields = ['0000644', '0000000', '0000000', '0'.repeat(11), '0'.repeat(11), `${' '.repeat(8)}0`];
  file.write(fields.join('\x00'), 100);
  const sum = file.reduce((total, byte) => total + byte, 0);
  file.write(`${sum.toString(8).padStart(6, '0')}\x00 `, 148);
  return { file, end: Buffer.alloc(1024) };
}

/** `docker cp - NAME:/` whose input has begun, and does not end before it is told to. */
async function slowCopy(name: string) {
  const { engine } = given;
  const copy = engine.spawn(['cp', '-', `${name}:/`]);
  const { file, end } = archiveOf('copied');
  copy.stdin?.write(file);
  // Another reader of the same mount sees that it has begun.
  await eventually(async () => (await engine.quick(['cp', `${name}:/copied`, '-'])).code === 0);
  const ended = once(copy, 'exit').then(([code]) => code as number);
  return { finish: () => copy.stdin?.end(end), ended };
}

test.serial('a pause waits for a stop, and a kill thaws what is paused meanwhile', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'deaf', 'busybox', ...DEAF);
  const stop = engine.quick(['stop', '-t', '2', 'deaf']);
  const pause = await engine.quick(['pause', 'deaf']);
  t.regex(pause.stderr, /Waiting until 'docker stop' is done with container deaf\n.*Container deaf is not running/s);
  t.deepEqual([(await stop).code, pause.code], [0, 1]);
  await engine.ok('start', 'deaf');
  const kill = engine.quick(['kill', 'deaf']);
  await engine.quick(['pause', 'deaf']);
  t.is((await kill).code, 0);
  t.is((await inspect('deaf')).State.ExitCode, 137);
});

test.serial('what another program has frozen can be resumed and stopped, and is told as paused', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'frozen', 'busybox', 'sleep', '1000');
  const { Id } = await inspect('frozen');
  freezeByRuntime(engine, Id);
  t.is((await engine.quick(['pause', 'frozen'])).stderr, 'Error: Container frozen is already paused\n');
  t.true((await inspect('frozen')).State.Paused);
  await engine.ok('unpause', 'frozen');
  freezeByRuntime(engine, Id);
  t.is((await engine.quick(['stop', '-t', '1', 'frozen'])).code, 0);
  t.like((await inspect('frozen')).State, { Running: false, Paused: false });
});

test.serial('a start waits for a stop under way, and then runs it anew', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'again', 'busybox', ...DEAF);
  const before = await inspect('again');
  const stop = engine.quick(['stop', '-t', '1', 'again']);
  const start = await engine.quick(['start', 'again']);
  t.deepEqual([(await stop).code, start.code], [0, 0]);
  const after = await inspect('again');
  t.true(after.State.Running);
  t.not(after.State.Pid, before.State.Pid);
  await engine.ok('rm', '-f', 'again');
});

test.serial('a start waits for a copy into a stopped container, whose files it then has; it can be left', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'target', 'busybox', 'sleep', '1000');
  const copy = await slowCopy('target');
  const impatient = engine.spawn(['start', 'target']);
  const [words] = await once(impatient.stderr ?? t.fail(), 'data');
  t.is(String(words), "Waiting until 'docker cp' is done with container target\n");
  impatient.kill('SIGINT');
  t.is((await once(impatient, 'exit'))[0], 130);
  const start = engine.quick(['start', 'target']);
  t.is((await inspect('target')).State.Status, 'created');
  copy.finish();
  t.is(await copy.ended, 0);
  t.is((await start).code, 0);
  t.is(await engine.ok('exec', 'target', 'ls', '/copied'), '/copied');
  t.is((await engine.quick(['logs', 'target'])).code, 0);
});

test.serial('a forced removal waits for no copy', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'copied', 'busybox', 'true');
  const copy = await slowCopy('copied');
  t.is((await engine.quick(['rm', '-f', 'copied'])).code, 0);
  copy.finish();
  await copy.ended;
});

test.serial('files go from one place of a stopped container to another', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'self', 'busybox', 'cat', '/tmp/copy');
  await engine.ok('cp', 'self:/etc/passwd', 'self:/tmp/copy');
  t.regex(await engine.ok('start', '-a', 'self'), /^root:/);
});

test.serial('a commit beside a forced removal leaves no image that nobody knows of', async (t) => {
  const { engine } = given;
  const images = async (): Promise<number> => (await engine.ok('images', '-aq')).split('\n').length;
  const before = await images();
  const fill = 'dd if=/dev/urandom of=/large bs=1M count=24 2>/dev/null; touch /done; sleep 1000';
  await engine.ok('run', '-d', '--name', 'large', 'busybox', 'sh', '-c', fill);
  await eventually(async () => (await engine.quick(['exec', 'large', 'ls', '/done'])).code === 0);
  const commit = engine.quick(['commit', 'large']);
  await eventually(async () => (await inspect('large')).State.Paused);
  t.is((await engine.quick(['rm', '-f', 'large'])).code, 0);
  const { code, stderr, stdout } = await commit;
  t.is(await images(), before + (stdout ? 1 : 0));
  if (code !== 0)
    t.is(stderr, 'Error response from daemon: Container large was removed while it was being committed\n');
});
