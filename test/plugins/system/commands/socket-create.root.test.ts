import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { DOCKER, engineFor, eventually, PROJECT, TestEngine } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('callers of a new socket look at everything, and change nothing', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'web', 'busybox', 'sleep', '1000');
  const path = join(engine.root, 'watch.sock');
  t.is((await engine.docker(['socket', 'create', 'watch.sock'], { cwd: engine.root })).stdout, `${path}\n`);
  t.is(statSync(path).mode & 0o777, 0o660);

  const limited = (...line: string[]) => engine.docker(['-H', `unix://${path}`, ...line]);
  t.regex((await limited('ps')).stdout, /web\n$/);
  t.is((await limited('version', '-q')).code, 0);
  t.true((await limited('help', 'rm')).stdout.startsWith('Usage:  docker rm'));
  const refused: [line: string[], code: number, missing: string][] = [
    [['rm', '-f', 'web'], 1, "'docker rm' needs destroy"],
    [['container', 'rm', '-f', 'web'], 1, "'docker rm' needs destroy"],
    [['stop', 'web'], 1, "'docker stop' needs destroy"],
    [['rmi', '-f', 'busybox'], 1, "'docker rmi' needs destroy"],
    [['run', '--dry-run', 'busybox', 'true'], 125, "'docker run' needs write and exec"],
    [['start', 'web'], 125, "'docker start' needs exec"],
    [['attach', 'web'], 1, "'docker attach' needs exec"],
    [['tag', 'busybox', 'x'], 1, "'docker tag' needs write"],
    [['socket', 'ls'], 1, "'docker socket ls' needs write, exec and destroy"],
  ];
  for (const [line, code, missing] of refused) {
    const stderr = `Error response from daemon: Permission denied: this socket allows read, and ${missing}\n`;
    t.deepEqual(await limited(...line), { code, stdout: '', stderr });
  }
  t.is(await engine.ok('ps', '--no-trunc', '-aq'), (await limited('ps', '-q', '--no-trunc')).stdout.trim());
});

test.serial('--allow and --mode widen it', async (t) => {
  const { engine } = given;
  const path = join(engine.root, 'ci.sock');
  await engine.ok('socket', 'create', '--allow', 'exec,write', '--mode', '600', path);
  t.is(statSync(path).mode & 0o777, 0o600);
  const run = await engine.docker(['-H', `unix://${path}`, 'run', '--rm', 'busybox', 'echo', 'hi']);
  t.deepEqual(run, { code: 0, stdout: 'hi\n', stderr: '' });
  t.regex(
    (await engine.docker(['-H', `unix://${path}`, 'restart', 'web'])).stderr,
    /'docker restart' needs destroy\n$/,
  );
});

test.serial('a container with the socket in it can list and cannot remove', async (t) => {
  const { engine } = given;
  // The host's own programs, for busybox has no Node.
  const folders = ['/usr', '/lib', '/lib64', PROJECT]
    .filter(existsSync)
    .flatMap((path) => ['-v', `${path}:${path}:ro`]);
  const inside = (...line: string[]) => {
    const socket = ['-v', `${engine.root}/watch.sock:/docker.sock`];
    const docker = [DOCKER, '-H', 'unix:///docker.sock'];
    return engine.docker(['run', '--rm', '--network', 'none', ...folders, ...socket, 'busybox', ...docker, ...line]);
  };
  t.regex((await inside('ps')).stdout, /web\n/);
  t.like(await inside('rm', '-f', 'web'), {
    code: 1,
    stderr: "Error response from daemon: Permission denied: this socket allows read, and 'docker rm' needs destroy\n",
  });
});

const bad: [what: string, args: string[], code: number, message: RegExp][] = [
  ['an effect that there is not', ['--allow', 'read,fly', '/x'], 125, /^invalid argument "fly" for "--allow" flag/],
  ['no effect', ['--allow', '', '/x'], 125, /^invalid argument "" for "--allow" flag/],
  ['a mode in words', ['--mode', 'u+x', '/x'], 125, /^invalid argument "u\+x" for "--mode" flag/],
  ['no path', [''], 1, /a socket needs a path/],
  ['a file', ['/dev/null'], 1, /\/dev\/null is in the way/],
  ['a folder', ['/'], 1, /\/ is in the way/],
  ['a folder that is missing', ['/nosuch/x.sock'], 1, /No such folder: \/nosuch \?|No such folder: \/nosuch\n/],
  ['a path through a file', ['/dev/null/x.sock'], 1, /Cannot listen on \/dev\/null\/x\.sock/],
  ['a path that is too long', [`/${'x'.repeat(106)}`], 1, /at most 106 bytes, and \/x+ has 107/],
];

for (const [what, args, code, message] of bad) {
  test.serial(`refused: ${what}`, async (t) => {
    const answer = await given.engine.docker(['socket', 'create', ...args]);
    t.is(answer.code, code);
    t.regex(answer.stderr.replace('Error response from daemon: ', ''), message);
  });
}

test.serial("refused: the daemon's own socket, and a limited one that is there", async (t) => {
  const { engine } = given;
  t.regex((await engine.docker(['socket', 'create', engine.socket])).stderr, /docker\.sock is in the way/);
  t.is((await engine.docker(['ps'])).code, 0);
  const again = await engine.docker(['socket', 'create', join(engine.root, 'ci.sock')]);
  t.regex(again.stderr, /There already is a socket .*ci\.sock \(Remove it first: docker socket rm /);
});

test.serial('sockets come back with the next daemon, however the last one went', async (t) => {
  const { engine } = given;
  const sockets = (): string[] => readdirSync(engine.root).filter((name) => name.endsWith('.sock'));
  const before = await engine.ok('socket', 'ls');
  await engine.stopDaemon('SIGKILL');
  t.deepEqual(sockets().sort(), ['ci.sock', 'watch.sock']);
  await engine.startDaemon();
  t.is(await engine.ok('socket', 'ls'), before);
  t.is((await engine.docker(['-H', `unix://${engine.root}/watch.sock`, 'rm', '-f', 'web'])).code, 1);
  await engine.stopDaemon();
  t.deepEqual(sockets(), []);
  t.regex(await engine.ok('socket', 'ls'), /watch\.sock +read +0660 +closed$/);
  await engine.startDaemon();
  t.is(await engine.ok('socket', 'ls'), before);
});

test.serial('without a daemon, one is started', async (t) => {
  const engine = new TestEngine();
  t.teardown(() => engine.destroy());
  const { stdout, stderr } = await engine.docker(['socket', 'create', `${engine.root}/x.sock`]);
  t.is(stdout, `${engine.root}/x.sock\n`);
  const pid = Number(/^docker: started a daemon in the background \(pid (\d+)/.exec(stderr)?.[1]);
  process.kill(pid, 'SIGTERM');
  await eventually(() => !existsSync(`${engine.root}/run/gantry.pid`) && !existsSync(`/proc/${pid}`));
  t.false(existsSync(`${engine.root}/x.sock`));
});
