import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);
const ZERO = '0s';

/** What has happened to a container, as `action` words. */
async function actionsOf(name: string): Promise<string[]> {
  const lines = await given.engine.ok('events', '--since', '1h', '--until', ZERO, '-f', `container=${name}`);
  return lines.split('\n').map((line) => line.split(' ')[2] ?? '');
}

test.serial('the life of a container, in Docker’s words and order', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', '--name', 'web', 'busybox', 'sleep', '1000');
  await engine.ok('kill', '-s', 'WINCH', 'web');
  await engine.ok('restart', '-t', '0', 'web');
  await engine.ok('stop', '-t', '0', 'web');
  await engine.ok('commit', 'web', 'committed');
  await engine.ok('rm', 'web');
  const text = await engine.ok('events', '--since', '1h', '--until', ZERO, '-f', 'container=web');
  const lines = text.split('\n').map((line) => line.replace(/^\S+ /, '').replaceAll(id, 'ID'));
  t.regex(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000000Z container create /);
  t.deepEqual(
    lines.filter((line) => !line.includes('commit')),
    [
      'container create ID (image=busybox, name=web)',
      'container start ID (image=busybox, name=web)',
      'container kill ID (image=busybox, name=web, signal=28)',
      'container kill ID (image=busybox, name=web, signal=15)',
      'container kill ID (image=busybox, name=web, signal=9)',
      'container die ID (exitCode=137, image=busybox, name=web)',
      'container stop ID (image=busybox, name=web)',
      'container start ID (image=busybox, name=web)',
      'container restart ID (image=busybox, name=web)',
      'container kill ID (image=busybox, name=web, signal=15)',
      'container kill ID (image=busybox, name=web, signal=9)',
      'container die ID (exitCode=137, image=busybox, name=web)',
      'container stop ID (image=busybox, name=web)',
      'container destroy ID (image=busybox, name=web)',
    ],
  );
  t.regex(lines.join('\n'), /container commit ID \(comment=, image=busybox, imageID=sha256:[0-9a-f]{64}, name=web\)/);
});

test.serial('a run in the foreground attaches first; one that finds no program never dies', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'fore', 'busybox', 'sh', '-c', 'exit 3']);
  t.deepEqual(await actionsOf('fore'), ['create', 'attach', 'start', 'die']);
  await engine.docker(['run', '--name', 'none', 'busybox', '/no/such']);
  t.deepEqual(await actionsOf('none'), ['create']);
});

test.serial('images and volumes have events, and filters choose', async (t) => {
  const { engine } = given;
  const at = (Date.now() / 1000).toFixed(3);
  await engine.ok('tag', 'busybox', 'other:1');
  await engine.ok('rmi', 'other:1');
  await engine.ok('run', '--rm', '-v', 'data:/data', 'busybox', 'true');
  const since = async (...filters: string[]): Promise<string[]> => {
    const args = filters.flatMap((filter) => ['-f', filter]);
    const text = await engine.ok('events', '--since', at, '--until', ZERO, ...args);
    return text.split('\n').map((line) => line.split(' ').slice(1, 3).join(' '));
  };
  t.deepEqual(await since('type=image', 'type=volume'), [
    'image tag',
    'image untag',
    'volume create',
    'volume mount',
    'volume unmount',
  ]);
  t.deepEqual(await since('event=create', 'event=tag'), ['image tag', 'volume create', 'container create']);
  t.deepEqual(await since('image=other', 'event=tag'), ['image tag']);
  t.deepEqual(await since('volume=data'), ['volume create', 'volume mount', 'volume unmount']);
  t.deepEqual(await since('network=bridge'), ['network connect', 'network disconnect']);
  t.deepEqual(await since('image=busybox', 'event=destroy'), ['container destroy']);
  const { code, stderr } = await engine.docker(['events', '-f', 'colour=red']);
  t.is(code, 1);
  t.regex(stderr, /invalid filter 'colour' \(Known are container, event, image, label, network, scope, type, volume\)/);
});

test.serial('programs of exec, files that are copied, and volumes have events with Docker’s attributes', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', '--name', 'busy', '-v', 'kept:/d:ro', 'busybox', 'sleep', '1000');
  await engine.quick(['exec', 'busy', 'sh', '-c', 'exit 5']);
  await engine.ok('exec', '-d', 'busy', 'true');
  await engine.ok('cp', 'busy:/etc/hosts', '-');
  const all = ['events', '--since', '1h', '--until', ZERO, '--format'];
  const attributes = '{{.Action}}{{with .Actor.Attributes.exitCode}} {{.}}{{end}}';
  const ofExec = ['-f', 'container=busy', '-f', 'event=exec_create', '-f', 'event=exec_start', '-f', 'event=exec_die'];
  t.deepEqual((await engine.ok(...all, attributes, ...ofExec)).split('\n'), [
    ...['exec_create: sh -c exit 5', 'exec_start: sh -c exit 5', 'exec_die 5', 'exec_create: true', 'exec_start: true'],
  ]);
  const ids = await engine.ok(...all, '{{.Actor.Attributes.execID}}', ...ofExec);
  t.is(new Set(ids.split('\n')).size, 2);
  t.is(await engine.ok(...all, '{{.Action}}', '-f', 'container=busy', '-f', 'event=archive-path'), 'archive-path');
  const mount =
    '{{index .Actor.Attributes "read/write"}} {{.Actor.Attributes.destination}} {{.Actor.Attributes.container}}';
  t.is(await engine.ok(...all, mount, '-f', 'volume=kept', '-f', 'event=mount'), `false /d ${id}`);
});

test.serial('json has one object a line, a template one line', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--rm', '--name', 'asjson', 'busybox', 'true');
  for (const format of ['json', '{{json .}}']) {
    const args = ['--since', '1h', '--until', ZERO, '-f', 'container=asjson', '-f', 'event=die', '--format', format];
    const line = await engine.ok('events', ...args);
    const event = JSON.parse(line) as { Actor: { ID: string }; time: number };
    t.like(event, { Type: 'container', Action: 'die', scope: 'local' });
    t.like(event.Actor, { Attributes: { name: 'asjson', exitCode: '0', image: 'busybox' } });
    t.regex(line, new RegExp(`"timeNano":${event.time}\\d{3}000000}$`));
  }
  const last = ['events', '--since', '1h', '--until', ZERO, '-f', 'container=asjson', '-f', 'event=die', '--format'];
  const template =
    '{{.Type}} {{.Action}} {{.Status}} {{.From}} {{.Actor.Attributes.name}} {{.Actor.Attributes.nosuch}} {{.Scope}}';
  t.is(await engine.ok(...last, template), 'container die die busybox asjson <no value> local');
  t.regex(await engine.ok(...last, '{{.ID}} {{.Time}} {{.TimeNano}}'), /^[0-9a-f]{64} (\d{10}) \1\d{3}000000$/);
  const { code, stderr } = await engine.quick([...last, '{{.Nosuch}}']);
  t.is(code, 1);
  t.regex(stderr, /there is no field Nosuch/);
});

test.serial('the stream is live, and ends with the client', async (t) => {
  const { engine } = given;
  const child = engine.spawn(['events', '-f', 'event=tag']);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  // The stream begins when it begins: tags until it shows one.
  await eventually(async () => {
    await engine.ok('tag', 'busybox', 'live:1');
    return output.includes('name=live:1');
  });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  child.kill('SIGINT');
  t.truthy(await exited);
});

test.serial('the end of a run is told once, also when the daemon was killed in between', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'orphan', 'busybox', 'sh', '-c', 'sleep 0.5; exit 7');
  await engine.stopDaemon('SIGKILL');
  await setTimeout(800);
  await engine.startDaemon();
  t.is(await engine.ok('wait', 'orphan'), '7');
  t.deepEqual(await actionsOf('orphan'), ['create', 'start', 'die']);
  const die = await engine.ok('events', '--since', '1h', '--until', ZERO, '-f', 'container=orphan', '-f', 'event=die');
  t.regex(die, /exitCode=7,/);
});
