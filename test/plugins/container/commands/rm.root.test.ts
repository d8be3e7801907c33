import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

test.serial(
  'rm takes a container with its folder, -v its anonymous volumes, and tells of those it cannot',
  async (t) => {
    const { engine } = given;
    await engine.docker(['run', '--name', 'one', '-v', '/data', '-v', 'kept:/kept', 'busybox', 'touch', '/x']);
    await engine.ok('run', '-d', '--name', 'busy', 'busybox', 'sleep', '1000');
    t.is(readdirSync(join(engine.root, 'containers')).length, 2);
    const { code, stdout, stderr } = await engine.docker(['rm', '-v', 'missing', 'busy', 'one']);
    t.is(code, 1);
    t.is(stdout, 'one\n');
    t.regex(
      stderr,
      /^Error: No such container: missing\nError: Cannot remove container "\/busy": container is running/,
    );
    t.is(readdirSync(join(engine.root, 'containers')).length, 1);
    t.is(await engine.ok('volume', 'ls', '-q'), 'kept');

    const { State } = JSON.parse(await engine.ok('inspect', 'busy'))[0];
    t.is(await engine.ok('rm', '-f', 'busy'), 'busy');
    t.false(existsSync(`/proc/${State.Pid}`));
    t.deepEqual(readdirSync(join(engine.root, 'containers')), []);
  },
);

test.serial('-f tells of what is not there, and has done what was asked', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'there', 'busybox', 'true');
  const { code, stdout, stderr } = await engine.quick(['rm', '-f', 'missing', 'there']);
  t.deepEqual([code, stdout, stderr], [0, 'there\n', 'Error: No such container: missing\n']);
  t.is((await engine.quick(['network', 'rm', '-f', 'missing'])).code, 0);
  t.is((await engine.quick(['network', 'rm', '-f', 'bridge'])).code, 1);
});

test.serial('one that is paused, or waits for its next run, is refused in words of its own', async (t) => {
  const { engine } = given;
  const refusal = async (...words: string[]): Promise<string> => (await engine.quick(words)).stderr;
  await engine.ok('run', '-d', '--name', 'cold', 'busybox', 'sleep', '1000');
  await engine.ok('pause', 'cold');
  t.regex(await refusal('rm', 'cold'), /"\/cold": container is paused and must be unpaused first/);
  t.regex(await refusal('attach', 'cold'), /You cannot attach to a paused container, unpause it first/);
  t.regex(await refusal('start', 'cold'), /cannot start a paused container, try unpause instead/);
  t.regex(await engine.ok('commit', 'cold', 'frozen'), /^sha256:/);
  t.is(await engine.ok('inspect', '-f', '{{.State.Paused}}', 'cold'), 'true');
  await engine.ok('rm', '-f', 'cold');

  await engine.ok('run', '-d', '--name', 'again', '--restart', 'always', 'busybox', 'false');
  const state = '{{.State.Running}} {{.State.Restarting}} {{.RestartCount}}';
  await eventually(async () => /^true true [3-9]/.test(await engine.ok('inspect', '-f', state, 'again')));
  t.regex(await refusal('rm', 'again'), /"\/again": container is restarting/);
  t.regex(await refusal('exec', 'again', 'true'), /Container again is restarting, wait until the container is running/);
  t.regex(await refusal('attach', 'again'), /You cannot attach to a restarting container/);
  await engine.ok('rm', '-f', 'again');
});
