import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import test from 'ava';
import { eventually } from '../../support/engine.js';
import { commandOf, commandPlugin, isAlive, pluginProcesses, pluginsFor, pluginUsers } from '../../support/plugins.js';

/** Below the users of plugins' processes. */
const FIRST_USER = 0x70000000;
const plugins = pluginsFor(test);

interface Failure {
  readonly id: string;
  /** What the caller, `plugin ls` and `plugin inspect` say. */
  readonly says: RegExp;
  /** The first line of the stack, and where it points; none where the kernel leaves none. */
  readonly stack?: RegExp;
}

interface Crash extends Failure {
  readonly body: string;
  /** Its process lives on: the error was the call's alone. */
  readonly survives?: true;
}

interface Refusal extends Failure {
  readonly content: string;
}

const crashes: readonly Crash[] = [
  { id: 'looping', body: 'for (;;);', says: /blocked its event loop for 2 s/, stack: /looping\.ts:\d+:\d+/ },
  {
    id: 'asynclooping',
    body: 'await 0; let n = 0; while (n >= 0) n = await 0 ?? n + 1;',
    says: /blocked its event loop for 2 s/,
    stack: /asynclooping\.ts:\d+:\d+/,
  },
  {
    id: 'heaping',
    body: 'const all: unknown[] = []; for (;;) { all.push(new Array(100_000).fill(0).map(String)); await new Promise((r) => setImmediate(r)); }',
    says: /ran out of memory/,
  },
  {
    id: 'buffering',
    body: 'const all: Buffer[] = []; for (;;) all.push(Buffer.alloc(64 << 20, 1));',
    says: /ran out of memory|Failed to allocate memory|Array buffer allocation failed/,
    survives: true,
  },
  {
    id: 'rejecting',
    body: "void Promise.reject(new Error('nobody minds')); await new Promise((r) => setTimeout(r, 1000));",
    says: /crashed: Error: nobody minds/,
    stack: /rejecting\.ts:\d+:\d+/,
  },
  { id: 'exiting', body: 'process.exit(3);', says: /called process\.exit\(3\)/, stack: /exiting\.ts:\d+:\d+/ },
  {
    id: 'flooding',
    body: "for (;;) { console.log('x'.repeat(60000)); await new Promise((r) => setImmediate(r)); }",
    // Which of the two comes first is a race.
    says: /floods its standard output|ran out of memory/,
  },
  {
    id: 'flooding-lines',
    body: "const { writeSync } = await import('node:fs'); for (;;) { try { writeSync(1, '\\n'.repeat(60000)); } catch {} await new Promise((r) => setImmediate(r)); }",
    says: /floods its standard output/,
  },
  {
    id: 'killing',
    body: "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});",
    says: /killed by SIGKILL/,
  },
  {
    id: 'babbling',
    body: "const { writeSync } = await import('node:fs'); writeSync(3, Buffer.from([255, 255, 255, 255, 1])); await new Promise(() => {});",
    says: /broke the protocol: a frame of 4294967295 bytes/,
  },
  {
    id: 'orphaning',
    body: "const { spawn } = await import('node:child_process'); spawn('sleep', ['1000'], { stdio: 'inherit' }); process.exit(4);",
    says: /called process\.exit\(4\)/,
  },
];

for (const { id, body, says, stack, survives } of crashes) {
  test.serial(`a command that is ${id}`, async (t) => {
    const { engine } = plugins;
    engine.drop(`${id}.ts`, commandPlugin(id, body));
    await engine.until(id, 'ok');
    const call = engine.quick([id]);
    t.is((await engine.quick(['ps'])).code, 0);
    const { code, stderr } = await call;
    t.is(code, 1);
    t.true(stderr.startsWith(`Error response from daemon: plugin '${id}' `), stderr);
    t.regex(stderr, says);
    if (survives) {
      t.is((await engine.inspect(id)).state, 'ok');
      engine.remove(`${id}.ts`);
      return;
    }
    const inspected = await engine.until(id, 'degraded');
    t.regex(inspected.reason, says);
    t.regex(await engine.ok('plugin', 'ls', '--no-trunc'), new RegExp(`^${id} +DEGRADED .*${says.source}`, 'm'));
    if (stack) t.regex(inspected.stack.join('\n'), stack);
    t.notRegex(inspected.output.join('\n'), /Debugger/);
    engine.remove(`${id}.ts`);
  });
}

test.serial('a plugin that names a debugger of its own is believed nothing, and its stack is found', async (t) => {
  const { engine } = plugins;
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const lie = `Debugger listening on ws://127.0.0.1:${port}/6f1c2b52-0000-4000-8000-000000000000`;
  engine.drop('lying.ts', commandPlugin('lying', `console.error('${lie}'); for (;;);`));
  await engine.until('lying', 'ok');
  t.regex((await engine.quick(['lying'])).stderr, /blocked its event loop for 2 s/);
  t.regex((await engine.until('lying', 'degraded')).stack.join('\n'), /lying\.ts:\d+:\d+/);
  t.is(connections, 0);
  engine.remove('lying.ts');
});

const refusals: readonly Refusal[] = [
  {
    id: 'thrower',
    content: "throw new Error('not today');",
    says: /failed at .*thrower\.ts:1: not today/,
    stack: /thrower\.ts:1:7/,
  },
  { id: 'looper', content: 'for (;;);\nexport default 1;', says: /blocked its event loop/, stack: /looper\.ts:1:\d/ },
  { id: 'nothing', content: 'export const a = 1;', says: /There is no default export/ },
  {
    id: 'wrongname',
    content: "import { Comand } from 'gantry';\nexport default Comand;",
    says: /wrongname\.ts:1:10: 'gantry' has no member 'Comand'/,
  },
  {
    id: 'later',
    content:
      "import { plugin, Holo } from 'gantry';\nexport default plugin({ id: 'later', api: 2, services: [Holo] } as never);",
    says: /later\.ts is written for plugin interface 2, and this engine has 1/,
  },
];

for (const { id, content, says, stack } of refusals) {
  test.serial(`a file that does not load: ${id}`, async (t) => {
    const { engine } = plugins;
    engine.drop(`${id}.ts`, content);
    const { reason, stack: lines } = await engine.until(id, 'failed');
    t.regex(reason, says);
    if (stack) t.regex(lines.join('\n'), stack);
    engine.remove(`${id}.ts`);
  });
}

test.serial('after three deaths it rests, and enable brings it back', async (t) => {
  const { engine } = plugins;
  engine.drop('dying.ts', commandPlugin('dying', 'if (args.length > 0) process.exit(7); stdout.write("alive\\n");'));
  await engine.until('dying', 'ok');
  for (let death = 0; death < 3; death++) await engine.quick(['dying', 'now']);
  const { reason } = await engine.until('dying', 'tripped');
  t.regex(reason, /died three times in a minute, and rests for \d+ s: called process\.exit\(7\)/);
  t.regex((await engine.quick(['dying'])).stderr, /rests for \d+ s/);
  await engine.ok('plugin', 'enable', 'dying');
  t.is(await engine.ok('dying'), 'alive');
});

test.serial('a command that never answers ends with its client, as far as that can see', async (t) => {
  const { engine } = plugins;
  engine.drop(
    'waiting.ts',
    commandPlugin(
      'waiting',
      "stdout.write('begun\\n'); context.gone.addEventListener('abort', () => process.exit(0)); await new Promise(() => {});",
    ),
  );
  await engine.until('waiting', 'ok');
  const call = engine.spawn(['waiting']);
  let output = '';
  call.stdout?.on('data', (text: Buffer) => {
    output += text;
  });
  await eventually(() => output === 'begun\n');
  call.kill('SIGKILL');
  t.regex((await engine.until('waiting', 'degraded')).reason, /process\.exit\(0\)/);
});

test.serial('what a plugin does to its globals is its own affair', async (t) => {
  const { engine } = plugins;
  const spoil =
    "for (const name of ['Promise', 'JSON', 'Map', 'Buffer', 'Uint8Array']) Reflect.set(globalThis, name, undefined); process.send = undefined as never; Object.prototype.toString = () => 'spoilt';";
  engine.drop('spoiler.ts', commandPlugin('spoiler', 'return 0;', { top: spoil }));
  engine.drop('clean.ts', commandPlugin('clean', "stdout.write(JSON.stringify([{}]) + '\\n');"));
  await engine.says(['clean'], '[{}]\n');
  t.is((await engine.quick(['ps'])).code, 0);
  t.is(await engine.ok('clean'), '[{}]');
});

test.serial(
  'it runs as a user of its own, without capabilities and the means to get some; as root with Host.all',
  async (t) => {
    const { engine } = plugins;
    const body = "const { readFileSync } = await import('node:fs'); stdout.write(readFileSync('/proc/self/status'));";
    engine.drop('who.ts', commandPlugin('who', body));
    await engine.until('who', 'ok');
    const own = await engine.ok('who');
    const [, user] = /\nUid:\t(\d+)\t\1\t\1\t\1\n/.exec(own) ?? [];
    t.true(Number(user) > FIRST_USER, own);
    t.true(own.includes(`\nGid:\t${user}\t${user}\t${user}\t${user}\n`));
    t.true(own.includes('\nNoNewPrivs:\t1\n'));
    t.regex(own, /\nGroups:\s*\n/);
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      t.true(own.includes(`\nCap${set}:\t0000000000000000\n`), set);
    engine.drop('root.ts', commandPlugin('root', body, { more: "rights: ['Host.all']" }));
    t.regex((await engine.until('root', 'pending')).reason, /it wants Host\.all, which nobody has approved/);
    await engine.ok('plugin', 'approve', 'root');
    t.regex(await engine.ok('root'), /\nUid:\t0\t0\t0\t0\n/);
    // The same plugin, which wants it only now: not without the operator's word.
    engine.drop('who.ts', commandPlugin('who', body, { more: "rights: ['Host.all']" }));
    t.regex((await engine.until('who', 'degraded')).reason, /it wants Host\.all, which nobody has approved/);
    t.regex(await engine.ok('who'), /\nUid:\t18790/);
    await engine.ok('plugin', 'approve', 'who');
    t.regex(await engine.ok('who'), /\nUid:\t0\t/);
  },
);

test.serial(
  'it sees no process of the host, its files in /tmp are its own, and what it has started ends with it',
  async (t) => {
    const { engine } = plugins;
    const body = `const { readdirSync, writeFileSync } = await import('node:fs');
    const { spawn } = await import('node:child_process');
    writeFileSync('/tmp/of-a-plugin', 'x');
    let full = '';
    try { writeFileSync('/tmp/large', Buffer.alloc(17 << 20)); } catch (error) { full = (error as { code: string }).code; }
    const children = Array.from({ length: 100 }, () => spawn('sleep', ['7391'], { detached: true, stdio: 'ignore' }));
    const begun = await Promise.all(children.map((child) => new Promise<boolean>((done) => {
      child.once('spawn', () => done(true)).once('error', () => done(false));
    })));
    const seen = readdirSync('/proc').filter((name) => Number(name) > 0).length;
    stdout.write(JSON.stringify({ full, seen, begun: begun.filter(Boolean).length }) + '\\n');`;
    engine.drop('jailed.ts', commandPlugin('jailed', body));
    await engine.until('jailed', 'ok');
    const { full, seen, begun } = JSON.parse(await engine.ok('jailed')) as {
      full: string;
      seen: number;
      begun: number;
    };
    t.is(full, 'ENOSPC');
    t.true(begun > 0 && begun < 64, `${begun}`);
    t.is(seen, begun + 2, 'and the first process of its namespace');
    t.false(existsSync('/tmp/of-a-plugin'));
    await engine.ok('plugin', 'disable', 'jailed');
    await eventually(async () => !readdirSync('/proc').some((pid) => commandOf(Number(pid)) === 'sleep\0' + '7391\0'));
  },
);

test.serial('nothing of the engine is open in it', async (t) => {
  const { engine } = plugins;
  const body = `const { readdirSync, readlinkSync } = await import('node:fs');
    const open = (fd: string) => { try { return readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } };
    stdout.write(JSON.stringify({ files: readdirSync('/proc/self/fd').map(open), env: process.env }));`;
  engine.drop('nosy.ts', commandPlugin('nosy', body));
  await engine.until('nosy', 'ok');
  const { files, env } = JSON.parse(await engine.ok('nosy')) as { files: string[]; env: object };
  t.deepEqual(
    files.filter((file) => file.includes(engine.root)),
    [],
  );
  t.deepEqual(Object.keys(env).sort(), ['LANG', 'NODE_ENV', 'PATH', 'PWD']);
});

test.serial('it dies with a daemon that is killed, also in a loop', async (t) => {
  const { engine } = plugins;
  engine.drop(
    'endless.ts',
    commandPlugin('endless', "stdout.write('begun\\n'); await new Promise((r) => setTimeout(r, 50)); for (;;);"),
  );
  await engine.until('endless', 'ok');
  const call = engine.spawn(['endless']);
  await eventually(() => call.stdout?.read() !== null);
  const processes = pluginProcesses(engine.daemonPid);
  t.true(processes.length > 0);
  t.true(pluginUsers(processes).some((uid) => uid > FIRST_USER));
  await engine.stopDaemon('SIGKILL');
  await eventually(() => !processes.some(isAlive));
  await engine.startDaemon();
  t.regex(readFileSync(`${engine.root}/daemon.log`, 'utf8'), /is ready/);
});
