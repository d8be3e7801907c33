import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { normalise } from '../../src/kernel/arguments.js';
import { parse } from '../../src/kernel/cli-adapter.js';
import { contextFor } from '../../src/kernel/context.js';
import { runDry } from '../../src/kernel/dry-run.js';
import { Extensions, NO_EXTENSIONS } from '../../src/kernel/extensions.js';
import { commandMetadata, optionsOf } from '../../src/kernel/index.js';
import { Recorder } from '../../src/kernel/recording.js';
import { Registry } from '../../src/kernel/registry.js';
import { ServiceHost } from '../../src/kernel/services.js';
import { builtinPlugins } from '../../src/plugins/index.js';
import { Config, LimitedListeners, Log } from '../../src/plugins/system/index.js';
import { FakeClient } from '../kernel/fixtures.js';
import { engineFor, imageTar, type TestEngine } from '../support/engine.js';

const given = engineFor(test);

/** What a dry run must leave as it is: what the engine tells, and each file of its root but what runs and logs by itself. */
async function stateOf(engine: TestEngine): Promise<string> {
  const lists = [
    ['ps', '-a', '--no-trunc', '-q'],
    ['images', '-a', '--no-trunc', '-q'],
    ['volume', 'ls'],
    ['socket', 'ls'],
  ];
  const told = await Promise.all(lists.map((line) => engine.ok(...line)));
  const running = await engine.ok('ps', '-q');
  const files = execFileSync('find', [engine.root, '-not', '-name', 'gantry.db*', '-printf', '%p %y %s %T@\n'], {
    encoding: 'utf8',
  });
  return [...told, running, files].join('\n');
}

/** Two containers, four images, a volume, a socket. */
async function prepare(engine: TestEngine): Promise<void> {
  await engine.ok(
    'run',
    '-d',
    '--name',
    'busy',
    '-p',
    '41080:80',
    '-v',
    '/data',
    '-v',
    'kept:/kept',
    'busybox',
    'sleep',
    '1000',
  );
  await engine.ok('run', '--name', 'idle', 'busybox', 'true');
  await engine.ok('commit', 'idle', 'child');
  await engine.ok('tag', 'child', 'other');
  await engine.ok('socket', 'create', `${engine.root}/limited.sock`);
}

/** Ids differ from run to run. */
const anonymous = (text: string): string => text.replace(/\b[0-9a-f]{64}\b/g, 'ID').replace(/\b[0-9a-f]{12}\b/g, 'ID');

type Row = [line: string, code: number, stdout: string, stderr: string];

const BUSY = 'container busy (ID)';
const IDLE = 'container idle (ID)';

const rows: Row[] = [
  ['rm idle', 0, `would remove ${IDLE}\n`, ''],
  [
    'rm -v busy',
    1,
    '',
    'Error: Cannot remove container "/busy": container is running (Stop the container before removing it, or force its removal with -f)\n',
  ],
  [
    'rm -fv busy idle idle nosuch',
    1,
    `would kill and remove ${BUSY}, with the anonymous volumes that only it uses\nwould remove ${IDLE}\n`,
    'Error: No such container: idle\nError: No such container: nosuch\n',
  ],
  ['stop busy', 0, `would stop ${BUSY}\n`, ''],
  ['stop idle', 0, 'would change nothing\n', ''],
  ['kill busy', 0, `would send SIGKILL to ${BUSY}\n`, ''],
  ['kill -s 1 busy', 0, `would send SIGHUP to ${BUSY}\n`, ''],
  ['kill idle', 1, '', 'Error: Cannot kill container: idle: container ID is not running\n'],
  [
    'kill -s NOSUCH busy',
    125,
    '',
    "Invalid signal: NOSUCH\n\nUsage:  docker kill [OPTIONS] CONTAINER [CONTAINER...]\n\nRun 'docker kill --help' for more information\n",
  ],
  ['start idle', 0, `would start ${IDLE}\n`, ''],
  ['start -a idle', 0, `would start ${IDLE} and attach to it\n`, ''],
  ['start busy', 0, 'would change nothing\n', ''],
  ['restart busy idle', 0, `would stop ${BUSY}\nwould start ${BUSY}\nwould start ${IDLE}\n`, ''],
  ['attach busy', 0, `would attach to ${BUSY}\n`, ''],
  ['attach idle', 1, '', 'Error response from daemon: You cannot attach to a stopped container, start it first\n'],
  ['commit idle x:y', 0, 'would create an image on top of image ID\nwould tag it as x:y\n', ''],
  ['commit nosuch', 1, '', 'Error response from daemon: No such container: nosuch\n'],
  ['tag busybox new', 0, 'would tag image ID as new:latest\n', ''],
  ['tag busybox other', 0, 'would tag image ID as other:latest, a name that image ID has now\n', ''],
  ['tag busybox busybox', 0, 'would change nothing\n', ''],
  ['tag nosuch new', 1, '', 'Error response from daemon: No such image: nosuch:latest\n'],
  ['rmi other', 0, 'would untag other:latest\n', ''],
  [
    'rmi child other other',
    1,
    'would untag child:latest\nwould untag other:latest\nwould delete image ID\n',
    'Error: No such image: other:latest\n',
  ],
  ['rmi -f busybox', 0, 'would untag busybox:latest\n', ''],
  [
    'rmi busybox',
    1,
    '',
    'Error: conflict: unable to remove repository reference "busybox" (must force) - container ID is using its referenced image ID\n',
  ],
  ['import - new < archive', 0, 'would create an image of one layer\nwould tag it as new:latest\n', ''],
  ['import /nosuch.tar', 1, '', 'Error response from daemon: open /nosuch.tar: no such file or directory\n'],
  [
    'import - Bad',
    1,
    '',
    'Error response from daemon: invalid reference format: repository name (library/Bad) must be lowercase\n',
  ],
  [
    'run busybox ls --dry-run',
    0,
    'would create a container with a random name from busybox (network bridge)\nwould start it and attach to it\n',
    '',
  ],
  [
    'run -d --rm --name new --network none -v site:/www -v /data -v /tmp:/t:ro busybox ls',
    0,
    'would create container new from busybox (volume site at /www, a new volume at /data, /tmp at /t, read-only, network none, removed when it ends)\nwould start it\n',
    '',
  ],
  [
    'run -p 41081:80 -p 53/udp busybox ls',
    0,
    'would create a container with a random name from busybox (port 41081 -> 80/tcp, a free port -> 53/udp, network bridge)\nwould start it and attach to it\n',
    '',
  ],
  [
    'run -p 41080:80 busybox ls',
    125,
    'would create a container with a random name from busybox (port 41080 -> 80/tcp, network bridge)\n',
    'Error response from daemon: Bind for 0.0.0.0:41080 failed: port is already allocated (Another container publishes it: see `docker ps`)\n',
  ],
  [
    'run --name busy busybox ls',
    125,
    '',
    'Error response from daemon: The container name "/busy" is already in use by container "ID" (Remove or rename that container to be able to reuse the name)\n',
  ],
  [
    'run --name ? busybox ls',
    125,
    '',
    'Error response from daemon: Invalid container name (?), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, two characters at least\n',
  ],
  ['run nosuch ls', 125, '', 'Error response from daemon: No such image: nosuch:latest\n'],
  [
    'run --network nosuch busybox ls',
    125,
    '',
    'Error response from daemon: network nosuch not found (There are bridge, none, host)\n',
  ],
  ['socket create new.sock', 0, 'would listen on /new.sock for callers that may read\n', ''],
  ['socket create /dev/null', 1, '', 'Error response from daemon: /dev/null is in the way (Choose another path)\n'],
  ['socket rm /nosuch.sock', 1, '', 'Error: No such socket: /nosuch.sock\n'],
];

/** The flag stands before the arguments, where those of `run` begin. */
const dry = (line: string): string[] => {
  const words = line.split(' < ')[0]?.split(' ') ?? [];
  const command = words[0] === 'socket' ? 2 : 1;
  return [...words.slice(0, command), '--dry-run', ...words.slice(command)];
};

test.serial('a dry run tells what would be done or refused, and does nothing of it', async (t) => {
  const { engine } = given;
  await prepare(engine);
  const before = await stateOf(engine);
  for (const [line, code, stdout, stderr] of rows) {
    const answer = await engine.docker(dry(line));
    const told = { code: answer.code, stdout: anonymous(answer.stdout), stderr: anonymous(answer.stderr) };
    t.deepEqual(told, { code, stdout, stderr }, line);
  }
  t.is(await stateOf(engine), before);
});

test.serial('an archive is opened, and not read', async (t) => {
  const { engine } = given;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(request.url === '/there' ? 200 : 404).write('no archive');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told = 'would create an image of one layer';
  t.is(await engine.ok('import', '--dry-run', `${url}/there`), told);
  t.like(await engine.docker(['import', '--dry-run', `${url}/gone`]), { code: 1, stdout: '' });
  t.deepEqual(requests, ['GET /there', 'GET /gone']);
  t.is(await engine.ok('import', '--dry-run', imageTar('busybox')), told);
});

test.serial('without a daemon none is started, and nothing else', async (t) => {
  const { engine } = given;
  await engine.stopDaemon();
  t.teardown(() => engine.startDaemon());
  t.deepEqual(await engine.docker(['run', '-d', '--dry-run', 'busybox', 'ls']), {
    code: 0,
    stdout: 'would create a container with a random name from busybox (network bridge)\nwould start it\n',
    stderr: '',
  });
  t.is((await engine.ok('version')).includes('no daemon'), true);
});

test.serial('no command does more than it declares', async (t) => {
  const { engine } = given;
  const registry = new Registry(builtinPlugins, [Config, Extensions, LimitedListeners, Log]);
  const services = new ServiceHost(registry);
  const { root, bridge } = engine;
  services.value(Config, { root, runDir: `${root}/run`, bridge, subnet: undefined, daemon: false, debug: false });
  services.value(Extensions, NO_EXTENSIONS);
  services.value(LimitedListeners, { open: async () => {}, close: async () => {} });
  services.value(Log, { debug: () => {}, info: () => {}, warn: () => {} });
  t.teardown(() => services.stop());
  const seen = new Map<string, Set<string>>();
  for (const [line] of rows) {
    const target = registry.resolve(dry(line));
    if (target.kind !== 'command') return t.fail(line);
    const commandClass = await target.entry.load();
    const metadata = commandMetadata(commandClass);
    if (!metadata) return t.fail(line);
    const options = optionsOf(commandClass);
    const { values, args } = await parse(options, normalise(target.argv, metadata, options));
    const recorder = new Recorder(line);
    const command = await services.command(commandClass, target.entry.plugin, recorder);
    for (const [property, value] of values) Reflect.set(command, property, value);
    const run = async (client: FakeClient): Promise<number> => (await command.run(contextFor(client, args, true))) ?? 0;
    await runDry(recorder, new FakeClient(), (client) => run(client as FakeClient)).catch(() => {});
    const effects = seen.get(metadata.name) ?? new Set();
    for (const { effect } of recorder.steps) effects.add(effect);
    seen.set(metadata.name, effects);
    for (const { effect } of recorder.steps) t.true(metadata.effects.includes(effect), `${line}: ${effect}`);
  }
  t.deepEqual([...(seen.get('run') ?? [])], ['write', 'exec']);
  t.deepEqual([...(seen.get('restart') ?? [])], ['destroy', 'exec']);
});
