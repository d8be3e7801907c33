import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('what was removed last comes back: the same id, the same files', async (t) => {
  const { engine } = given;
  t.regex((await engine.docker(['undo'])).stderr, /nothing that could be brought back/);
  await engine.ok(
    'run',
    '--name',
    'lost',
    '-v',
    'kept:/kept',
    'busybox',
    'sh',
    '-c',
    'echo precious > /file; echo said',
  );
  const id = await engine.ok('ps', '-aq', '--no-trunc');
  await engine.ok('rm', 'lost');
  t.false(existsSync(join(engine.root, 'containers', id)));
  t.is(await engine.ok('ps', '-aq'), '');
  t.regex(await engine.ok('undo', '--list'), /^KIND .*\ncontainer +[0-9a-f]{12} +lost +.* ago$/);
  t.is(await engine.ok('undo', '--dry-run'), `would bring back container lost (${id.slice(0, 12)})`);
  t.is(await engine.ok('undo'), 'lost');
  t.is(await engine.ok('ps', '-aq', '--no-trunc'), id);
  t.is(await engine.ok('logs', 'lost'), 'said');
  t.is(await engine.ok('diff', 'lost'), 'A /file\nA /kept');
  t.is((await engine.docker(['undo'])).code, 1, 'once');
  t.is(await engine.ok('start', '-a', 'lost'), 'said');
  await engine.ok('rm', 'lost');
});

test.serial('a clock that was set a day ahead forgets nothing', async (t) => {
  const { engine } = given;
  for (const name of ['before', 'after']) await engine.ok('create', '--name', name, 'busybox', 'true');
  await engine.ok('rm', 'before');
  const database = new DatabaseSync(join(engine.root, 'gantry.db'));
  database.exec('UPDATE removed_containers SET removed = removed - 100000000');
  await engine.ok('rm', 'after');
  t.regex(await engine.ok('undo', '--list'), / before /);
  // What an earlier boot removed is as old as the clock says.
  database.exec("UPDATE removed_containers SET boot = 'another' WHERE name = 'before'");
  database.close();
  await engine.ok('undo', 'after');
  await engine.ok('rm', 'after');
  await eventually(async () => !/ before /.test(await engine.ok('undo', '--list')));
  t.regex(await engine.ok('undo', '--list'), / after /);
});

test.serial('a name that was given away is refused, and the container stays where it is', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'twice', 'busybox', 'true');
  await engine.ok('rm', 'twice');
  await engine.ok('run', '--name', 'twice', 'busybox', 'true');
  const { code, stderr } = await engine.docker(['undo', 'twice']);
  t.is(code, 1);
  t.regex(stderr, /"\/twice" is already in use/);
  await engine.ok('rm', 'twice');
  t.is(await engine.ok('undo', 'twice'), 'twice');
  await engine.ok('rm', '-f', 'twice');
});

test.serial('it is on its networks again, those that it was connected to later too', async (t) => {
  const { engine } = given;
  for (const name of ['near', 'far', 'gone']) await engine.ok('network', 'create', name);
  await engine.ok('create', '--name', 'both', '--network', 'near', '--network-alias', 'pair', 'busybox', 'sleep', '9');
  await engine.ok('network', 'connect', '--alias', 'twin', 'far', 'both');
  const places = async () => JSON.parse(await engine.ok('inspect', 'both'))[0].NetworkSettings.Networks;
  const before = await places();
  t.deepEqual(Object.keys(before), ['far', 'near']);
  await engine.ok('rm', 'both');
  await engine.ok('undo', 'both');
  t.deepEqual(await places(), before);

  await engine.ok('network', 'connect', 'gone', 'both');
  await engine.ok('rm', 'both');
  await engine.ok('network', 'rm', 'gone');
  const { code, stderr } = await engine.docker(['undo', 'both']);
  t.is(code, 1);
  t.regex(stderr, /network gone not found/);
  await engine.ok('network', 'create', 'gone');
  await engine.ok('undo', 'both');
  await engine.ok('rm', 'both');
});

test.serial('what --rm removes is gone at once', async (t) => {
  const { engine } = given;
  const before = readdirSync(join(engine.root, 'removed'));
  await engine.ok('run', '--rm', '--name', 'brief', 'busybox', 'true');
  t.deepEqual(readdirSync(join(engine.root, 'removed')), before);
  t.regex((await engine.docker(['undo', 'brief'])).stderr, /Nothing called brief/);
});

test.serial('an image comes back with its names, and a container brings its image along', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'maker', 'busybox', 'touch', '/made');
  const id = await engine.ok('commit', 'maker', 'mine:1');
  await engine.ok('tag', 'mine:1', 'also');
  await engine.ok('run', '--name', 'user', 'mine:1', 'ls', '/made');
  await engine.ok('rm', 'user', 'maker');
  const saved = (await engine.docker(['save', id])).stdout;
  await engine.ok('rmi', '-f', id);
  t.is((await engine.docker(['image', 'inspect', id])).code, 1);
  t.is(await engine.ok('undo', 'user'), 'user');
  const [image] = JSON.parse(await engine.ok('image', 'inspect', id));
  t.deepEqual(image.RepoTags, ['also:latest', 'mine:1']);
  t.is((await engine.docker(['save', id])).stdout, saved, 'the same bytes');
  t.is(await engine.ok('start', '-a', 'user'), '/made');
});

test.serial('a daemon that starts anew keeps what can be brought back', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'asleep', 'busybox', 'touch', '/x');
  await engine.ok('rm', 'asleep');
  await engine.stopDaemon('SIGKILL');
  await engine.startDaemon();
  t.is(await engine.ok('undo', 'asleep'), 'asleep');
  t.is(await engine.ok('diff', 'asleep'), 'A /x');
});
