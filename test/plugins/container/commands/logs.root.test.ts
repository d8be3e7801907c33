import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import test from 'ava';
import { engineFor, eventually, TestEngine } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('logs keeps the streams apart', async (t) => {
  await given.engine.quick(['run', '--name', 'both', 'busybox', 'sh', '-c', 'echo out; echo err >&2']);
  t.deepEqual(await given.engine.docker(['logs', 'both']), { code: 0, stdout: 'out\n', stderr: 'err\n' });
});

test.serial('logs -f goes on until the container ends', async (t) => {
  const { engine } = given;
  const script = 'echo one; until [ -e /s/go ]; do sleep 0.05; done; echo two';
  await engine.ok('run', '-d', '-v', 'signals:/s', '--name', 'talker', 'busybox', 'sh', '-c', script);
  const child = engine.spawn(['logs', '-f', 'talker']);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => output === 'one\n');
  const closed = once(child, 'close');
  await engine.ok('run', '--rm', '-v', 'signals:/s', 'busybox', 'touch', '/s/go');
  await closed;
  t.is(output, 'one\ntwo\n');
});

test.serial('logs -f follows a container that runs in another process, without a daemon', async (t) => {
  const engine = new TestEngine();
  await engine.importImage('busybox');
  const script = 'echo one; until [ -e /s/go ]; do sleep 0.05; done; echo two';
  const owner = engine.spawn(['run', '-v', 'signals:/s', '--name', 'talker', 'busybox', 'sh', '-c', script]);
  await once(owner.stdout ?? owner, 'data');
  const child = engine.spawn(['logs', '-f', 'talker']);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => output === 'one\n');
  const closed = once(child, 'close');
  await engine.ok('run', '--rm', '-v', 'signals:/s', 'busybox', 'touch', '/s/go');
  await closed;
  t.is(output, 'one\ntwo\n');
  await engine.destroy();
});

test.serial('logs of a million lines are complete', async (t) => {
  const { engine } = given;
  const { stdout } = await engine.docker(['run', '--name', 'million', 'busybox', 'seq', '1000000']);
  t.is(stdout.length, 6_888_896);
  t.true((await engine.docker(['logs', 'million'])).stdout === stdout);
});

test.serial('logs of what is not there', async (t) => {
  const { code, stdout, stderr } = await given.engine.quick(['logs', 'nobody']);
  t.deepEqual([code, stdout, stderr], [1, '', 'Error response from daemon: No such container: nobody\n']);
});

test.serial('-n, -t, --since, --until', async (t) => {
  const { engine } = given;
  const script = 'echo one; echo two; sleep 0.2; echo three';
  await engine.quick(['run', '--name', 'timed', 'busybox', 'sh', '-c', script]);
  t.is(await engine.ok('logs', '-n', '2', 'timed'), 'two\nthree');
  t.is(await engine.ok('logs', '--tail=0', 'timed'), '');
  const lines = (await engine.ok('logs', '-t', 'timed')).split('\n');
  for (const line of lines) t.regex(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (one|two|three)$/);
  const third = lines[2]?.split(' ')[0] ?? '';
  t.is(await engine.ok('logs', '--since', third, 'timed'), 'three');
  const before = new Date(Date.parse(third) - 1).toISOString();
  t.is(await engine.ok('logs', '--until', before, 'timed'), 'one\ntwo');
  t.is((await engine.quick(['logs', '-n', 'x', 'timed'])).code, 125);
});

test.serial('several containers, with their names before the lines', async (t) => {
  const { engine } = given;
  for (const name of ['ab', 'long'])
    await engine.quick(['run', '--name', name, 'busybox', 'printf', `${name}1\n${name}2`]);
  const expected = 'ab   | ab1\nab   | ab2\nlong | long1\nlong | long2';
  t.is(await engine.ok('logs', 'ab', 'long'), expected);
  t.is((await engine.ok('logs', '-f', 'ab', 'long')).split('\n').sort().join('\n'), expected);
});

test.serial('a log stays within its limits, and a follower sees each line once', async (t) => {
  const { engine } = given;
  const script = 'read go; seq 300000';
  const limits = ['--log-opt', 'max-size=100k', '--log-opt', 'max-file=2'];
  await engine.ok('run', '-di', '--name', 'limited', ...limits, 'busybox', 'sh', '-c', script);
  const attached = engine.docker(['attach', 'limited'], { input: 'go\n' });
  await engine.ok('wait', 'limited');
  const { stdout } = await attached;
  t.is(stdout, Array.from({ length: 300_000 }, (_, index) => `${index + 1}\n`).join(''));
  const kept = (await engine.quick(['logs', 'limited'])).stdout;
  t.true(kept.endsWith('\n300000\n') && kept.length < 1_500_000);
});

test.serial('an endless program whose reader has gone fills no disk', async (t) => {
  const { engine } = given;
  const child = engine.spawn([
    'run',
    '--name',
    'yes',
    '--log-opt',
    'max-size=1m',
    '--log-opt',
    'max-file=2',
    'busybox',
    'yes',
  ]);
  await once(child.stdout ?? child, 'data');
  const closed = once(child, 'close');
  child.stdout?.destroy();
  await closed;
  const id = await engine.ok('ps', '-aq', '--no-trunc');
  const size = () =>
    id
      .split('\n')
      .flatMap((one) => readdirSync(`${engine.root}/containers/${one}`).map((name) => `${one}/${name}`))
      .filter((name) => name.includes('/log.'))
      .reduce(
        (sum, name) => sum + (statSync(`${engine.root}/containers/${name}`, { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
  t.true(size() < 20_000_000);
  await engine.ok('rm', '-f', 'yes');
});

test.serial('bytes and a line of 64 MiB come as they were', async (t) => {
  const { engine } = given;
  const script = 'head -c 67108864 /dev/zero; echo; head -c 1000 /dev/urandom | tee /dev/stderr';
  const { stdout, stderr } = await engine.docker(['run', '--name', 'huge', 'busybox', 'sh', '-c', script]);
  const logged = await engine.docker(['logs', 'huge']);
  t.true(logged.stdout === stdout && logged.stderr === stderr && stdout.length > 67_108_865);
});

test.serial('--log-driver none keeps nothing, and loses nothing on the way', async (t) => {
  const { engine } = given;
  const { stdout } = await engine.quick([
    'run',
    '--name',
    'unkept',
    '--log-driver',
    'none',
    'busybox',
    'seq',
    '100000',
  ]);
  t.is(stdout.length, 588_895);
  const { code, stderr } = await engine.quick(['logs', 'unkept']);
  t.deepEqual([code, stderr], [1, 'Error response from daemon: configured logging driver does not support reading\n']);
});

test.serial('a client that stops reading delays nobody, and costs the daemon no memory', async (t) => {
  const { engine } = given;
  const script = 'while ! [ -e /go ]; do echo x; sleep 0.1; done; head -c 100000000 /dev/zero; echo; echo end';
  await engine.ok('run', '-d', '--name', 'busy', 'busybox', 'sh', '-c', script);
  const resident = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine.daemonPid}/status`, 'utf8'))?.[1]) * 1024;
  const stuck = engine.spawn(['attach', '--no-stdin', 'busy']);
  const quick = engine.spawn(['attach', '--no-stdin', 'busy']);
  t.teardown(() => stuck.kill());
  // What has output is attached. Of the first nobody reads it.
  for (const { stdout } of [stuck, quick]) await once(stdout as Readable, 'readable');
  const length = lengthFromZero(quick.stdout as Readable);
  await engine.ok('exec', 'busy', 'touch', '/go');
  const before = resident();
  await engine.ok('wait', 'busy');
  t.is(await length, 100_000_005);
  t.log(`${resident() - before} bytes`);
  t.true(resident() - before < 64 * 1024 * 1024);
  t.is(await lengthFromZero(stuck.stdout as Readable), 100_000_005);
});

/** The length of a stream from its first zero byte on. */
async function lengthFromZero(stream: Readable): Promise<number> {
  let length: number | undefined;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const start = length === undefined ? chunk.indexOf(0) : 0;
    if (start >= 0) length = (length ?? 0) + chunk.length - start;
  }
  return length ?? 0;
}

test.serial('a moment without a zone is one of the client’s', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'zoned', 'busybox', 'echo', 'now');
  // In Kiritimati it is tomorrow already, 14 hours ahead of UTC.
  const ahead = (minutes: number): string =>
    new Date(Date.now() + 14 * 3_600_000 + minutes * 60_000).toISOString().slice(0, -5);
  const since = async (moment: string): Promise<string> =>
    (await engine.docker(['logs', '--since', moment, 'zoned'], { env: { TZ: 'Pacific/Kiritimati' } })).stdout;
  t.is(await since(ahead(-10)), 'now\n');
  t.is(await since(ahead(10)), '');
});

test.serial('--details: labels, variables and tag that the log options name', async (t) => {
  const { engine } = given;
  const options = [
    '--log-opt',
    'labels=tier,none',
    '--log-opt',
    'env=MODE,HOME2',
    '--log-opt',
    'tag={{.Name}}&{{.ImageName}}',
  ];
  const container = ['--label', 'tier=a b', '-e', 'MODE=x=1', '--name', 'detailed', 'busybox', 'printf', 'one\\ntwo'];
  await engine.ok('run', '--log-driver', 'json-file', ...options, ...container);
  const details = 'MODE=x%3D1,tag=detailed%26busybox,tier=a+b';
  t.is(await engine.ok('logs', '--details', 'detailed'), `${details} one\n${details} two`);
  t.regex(await engine.ok('logs', '--details', '-t', '-n', '1', 'detailed'), /^\S+Z MODE=\S+ two$/);
  t.is(await engine.ok('logs', 'detailed'), 'one\ntwo');
  t.is(await engine.ok('logs', '--details', 'zoned'), ' now');
});

test.serial('a log that is full begins with a whole line', async (t) => {
  const { engine } = given;
  await engine.ok(
    'run',
    '--name',
    'small',
    '--log-opt',
    'max-size=1k',
    '--log-opt',
    'max-file=1',
    'busybox',
    'seq',
    '1001',
    '5000',
  );
  const lines = (await engine.ok('logs', 'small')).split('\n').map(Number);
  t.true(lines.length > 100 && lines.length < 4000);
  t.deepEqual(
    lines,
    Array.from({ length: lines.length }, (_, n) => 5001 - lines.length + n),
  );
});
