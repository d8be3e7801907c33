import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('socket rm takes sockets away for good, and tells of those that are not there', async (t) => {
  const { engine } = given;
  const paths = ['b.sock', 'a.sock'].map((name) => join(engine.root, name));
  for (const path of paths) await engine.ok('socket', 'create', path);
  const { code, stdout, stderr } = await engine.docker(['socket', 'rm', 'a.sock', 'nosuch', 'b.sock'], {
    cwd: engine.root,
  });
  t.is(code, 1);
  t.is(stdout, 'a.sock\nb.sock\n');
  t.is(stderr, `Error: No such socket: ${engine.root}/nosuch\n`);
  t.deepEqual(paths.filter(existsSync), []);
  t.is(await engine.ok('socket', 'ls'), 'PATH      ALLOWS    MODE      STATUS');
  t.is((await engine.docker(['socket', 'rm', engine.socket])).code, 1);
  await engine.stopDaemon();
  await engine.startDaemon();
  t.deepEqual(paths.filter(existsSync), []);
});

test.serial('a call under way over the socket ends with it', async (t) => {
  const { engine } = given;
  const path = join(engine.root, 'logs.sock');
  await engine.ok('socket', 'create', path);
  await engine.ok('run', '-d', '--name', 'busy', 'busybox', 'sh', '-c', 'echo begun; sleep 1000');
  const follower = engine.spawn(['-H', `unix://${path}`, 'logs', '-f', 'busy']);
  const exited = new Promise((resolve) => follower.once('exit', resolve));
  await new Promise((resolve) => follower.stdout?.once('data', resolve));
  t.is(await engine.ok('socket', 'rm', path), path);
  t.not(await exited, undefined);
});

test.serial('a socket whose folder is gone keeps no daemon from starting, and can be removed', async (t) => {
  const { engine } = given;
  const folder = join(engine.root, 'folder');
  mkdirSync(folder);
  await engine.ok('socket', 'create', `${folder}/x.sock`);
  await engine.stopDaemon();
  rmdirSync(folder);
  await engine.startDaemon();
  t.regex(await engine.ok('socket', 'ls'), /x\.sock +read +0660 +closed$/);
  t.regex(engine.daemonLog(), /warn limited socket: Cannot listen on .*x\.sock/);
  await engine.ok('socket', 'rm', `${folder}/x.sock`);
  t.is(await engine.ok('socket', 'ls'), 'PATH      ALLOWS    MODE      STATUS');
});
