import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import test from 'ava';
import type { Client } from '../../src/kernel/client.js';
import { write } from '../../src/kernel/streams.js';
import {
  aborted,
  drain,
  echo,
  finished,
  flood,
  inShell,
  rawConnection,
  serve,
  stands,
  startClient,
  temporaryFolder,
  until,
} from './support.js';

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function readFileOf(client: Client, argv: readonly string[]): Promise<void> {
  const path = argv.at(-1) ?? '';
  try {
    for await (const chunk of await client.openFile(path)) await write(client.stdout, chunk);
  } catch (error) {
    await write(client.stderr, (error as Error).message);
  }
}

test('stdout, stderr, exit code and failure arrive apart', async (t) => {
  const { address } = await serve(t, {
    fail: async (client, argv) => {
      await write(client.stdout, argv.slice(1).join('|'));
      return { exitCode: 42, failure: { kind: 'conflict', message: 'taken' } };
    },
  });
  const { exitCode, stdout, stderr } = await finished(startClient(t, address, ['fail', 'a b', '', 'ü\n']));
  t.is(exitCode, 42);
  t.is(stdout.toString(), 'a b||ü\n');
  t.is(stderr, 'conflict: taken\n');
});

for (const [how, start] of [
  ['pipes', 'cat "$1" | client cat | cat >"$2"'],
  ['files', 'client cat <"$1" >"$2"'],
] as const) {
  test(`10 MB through stdin and back by ${how}`, async (t) => {
    const folder = await temporaryFolder(t);
    const { address } = await serve(t, { cat: echo });
    const sent = randomBytes(10 * 1024 * 1024 + 1);
    await writeFile(join(folder, 'in'), sent);
    const { exitCode, stderr } = await finished(inShell(t, address, `set -- in out; ${start}`, { cwd: folder }));
    t.is(stderr, '');
    t.is(exitCode, 0);
    t.is(hash(await readFile(join(folder, 'out'))), hash(sent));
  });
}

test('10 MB through stdin and back by sockets', async (t) => {
  const { address } = await serve(t, { cat: echo });
  const sent = randomBytes(10 * 1024 * 1024 + 1);
  const client = startClient(t, address, ['cat']);
  client.stdin.end(sent);
  t.is(hash((await finished(client)).stdout), hash(sent));
});

test('input that no command reads is left for whoever reads next', async (t) => {
  const { address } = await serve(t, { ps: (client) => write(client.stdout, 'ps\n') });
  const { stdout } = await finished(inShell(t, address, 'printf "one\\ntwo\\n" | { client ps; cat; }'));
  t.is(stdout.toString(), 'ps\none\ntwo\n');
});

test('the environment, the working directory and the absence of a terminal are told', async (t) => {
  const folder = await temporaryFolder(t);
  const { address } = await serve(t, {
    tell: ({ env, cwd, terminal: { stdin, stdout, stderr, size }, stdout: output }) =>
      write(output, JSON.stringify([env, cwd, stdin, stdout, stderr, size ?? null])),
  });
  const env = { TERM: 'dumb', NO_COLOR: '1', SECRET: 'x' };
  const { stdout } = await finished(startClient(t, address, ['tell'], { cwd: folder, env }));
  t.deepEqual(JSON.parse(stdout.toString()), [{ NO_COLOR: '1', TERM: 'dumb' }, folder, false, false, false, null]);
});

test('signals reach a command that listens, while its stdin is full', async (t) => {
  const { address } = await serve(t, {
    run: async (client) => {
      const signal = new Promise<string>((resolve) => client.onSignal(resolve));
      client.stdin.once('readable', () => void client.stdout.write('ready'));
      await write(client.stderr, await signal);
      return { exitCode: 9 };
    },
  });
  const client = startClient(t, address, ['run']);
  client.stdin.write(Buffer.alloc(8 * 1024 * 1024));
  await once(client.stdout, 'data');
  client.kill('SIGUSR1');
  const { exitCode, stderr } = await finished(client);
  t.is(stderr, 'SIGUSR1');
  t.is(exitCode, 9);
});

test('signals reach a command while the output is stuck', async (t) => {
  const signalled = Promise.withResolvers<void>();
  let written = 0;
  const { address } = await serve(t, {
    run: async (client) => {
      client.onSignal(() => signalled.resolve());
      await Promise.race([flood(client.stdout, client.gone, () => written++), signalled.promise]);
      client.stdout.destroy();
      return { exitCode: 9 };
    },
  });
  const cwd = await temporaryFolder(t);
  const script = 'mkfifo out; exec 3<>out; "$NODE" "$FIXTURE" "$ADDRESS" run >out & echo $!; wait $!; echo $? >&2';
  const shell = inShell(t, address, script, { cwd });
  const [pid] = (await once(shell.stdout as Readable, 'data')) as [Buffer];
  await stands(() => written);
  process.kill(Number(pid), 'SIGTERM');
  await signalled.promise;
  const reader = spawn('cat', ['out'], { cwd, stdio: 'ignore' });
  t.is((await finished(shell)).stderr, '9\n');
  reader.kill();
});

test('a signal that the command does not listen to ends it', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(t, {
    pull: async (client) => {
      await write(client.stdout, 'ready');
      await aborted(client.gone);
      gone.resolve();
    },
  });
  const client = startClient(t, address, ['pull']);
  await once(client.stdout, 'data');
  client.kill('SIGINT');
  t.is((await finished(client)).exitCode, 130);
  await gone.promise;
});

test('a client that is killed has gone', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(t, {
    run: async (client) => {
      await write(client.stdout, 'ready');
      await aborted(client.gone);
      gone.resolve();
    },
  });
  const client = startClient(t, address, ['run']);
  await once(client.stdout, 'data');
  client.kill('SIGKILL');
  await gone.promise;
  t.pass();
});

test('the third signal without an answer ends a client whose daemon hangs', async (t) => {
  const path = join(await temporaryFolder(t), 'sock');
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  let received = 0;
  server.on('connection', (socket) => socket.on('data', () => received++));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  const client = startClient(t, `unix://${path}`, ['run']);
  const done = finished(client);
  for (let n = 1; n <= 3; n++) {
    await until(() => received >= n);
    client.kill('SIGTERM');
  }
  t.is((await done).exitCode, 143);
});

test('a reader that has seen enough ends the client quietly', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { address } = await serve(t, {
    ps: async (client) => {
      await flood(client.stdout, client.gone);
      gone.resolve();
    },
  });
  const { stdout, stderr } = await finished(inShell(t, address, '{ client ps; echo $? >&2; } | head -c 1 | wc -c'));
  t.is(stdout.toString(), '1\n');
  t.is(stderr, '141\n');
  await gone.promise;
});

test('a full disk is one clear line', async (t) => {
  const { address } = await serve(t, { ps: (client) => flood(client.stdout, client.gone) });
  const { stderr } = await finished(inShell(t, address, 'client ps >/dev/full; echo $? >&2'));
  t.is(stderr, 'unavailable: Cannot write the output: ENOSPC\n1\n');
});

test('the client leaves a pipe that it shares as it was', async (t) => {
  const { address } = await serve(t, {
    hang: async (client) => {
      await write(client.stdout, 'x'.repeat(100_000));
      await drain(client.stdin);
    },
  });
  const script =
    '{ sleep 100 & echo $! >sleeper; } | { client hang & sleep 0.2; grep flags: /proc/self/fdinfo/0 /proc/self/fdinfo/1 >flags; kill $(cat sleeper); wait; } | wc -c';
  const folder = await temporaryFolder(t);
  t.is((await finished(inShell(t, address, script, { cwd: folder }))).stdout.toString(), '100000\n');
  const flags = (await readFile(join(folder, 'flags'), 'utf8')).match(/\d+$/gm) ?? [];
  t.is(flags.length, 2);
  for (const text of flags) t.is(Number.parseInt(text, 8) & 0o4000, 0);
});

test('a daemon that is lost in the middle is one clear line', async (t) => {
  const path = join(await temporaryFolder(t), 'sock');
  const server = createServer((socket) => socket.once('data', () => socket.end(Buffer.from('1100000005ab', 'hex'))));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  const { exitCode, stdout, stderr } = await finished(startClient(t, `unix://${path}`, ['ps']));
  t.is(exitCode, 1);
  t.is(stdout.toString('hex'), 'ab');
  t.regex(stderr, /^unavailable: The connection to the daemon at unix:.* was lost before the command ended\n$/);
});

for (const [what, answer, expected] of [
  ['a refusal', 'Error: The first line is longer than 1 MiB\n', /^invalid: The first line is longer than 1 MiB\n$/],
  [
    'an http server',
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    /^unavailable: What listens at unix:.* does not speak rcli\n$/,
  ],
  ['frames that are none', '\x1f\0\0\0\0', /^unavailable: .*unknown frame type 31\n$/],
] as const) {
  test(`an answer that is ${what}`, async (t) => {
    const path = join(await temporaryFolder(t), 'sock');
    const server = createServer((socket) => socket.once('data', () => socket.end(answer)));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    t.teardown(() => server.close());
    const { exitCode, stderr } = await finished(startClient(t, `unix://${path}`, ['ps']));
    t.is(exitCode, 1);
    t.regex(stderr, expected);
  });
}

test('no daemon is told apart: no socket, nobody on it, no port', async (t) => {
  const folder = await temporaryFolder(t);
  const listener = await serve(t, {}, {}, 'tcp://127.0.0.1:0');
  await listener.close();
  const stale = join(folder, 'stale');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(stale, resolve));
  server.close();
  await writeFile(join(folder, 'file'), '');
  for (const address of [`unix://${folder}/none`, `unix://${folder}/file`, `unix://${stale}`, listener.address]) {
    t.is((await finished(startClient(t, address, ['ps']))).exitCode, 77, address);
  }
});

test('no right to the socket is one clear line', async (t) => {
  const { address } = await serve(t, {});
  const folder = new URL(address).pathname.replace(/\/sock$/, '');
  await chmod(folder, 0o755);
  const { exitCode, stderr } = await finished(startClient(t, address, ['ps'], { uid: 65534, gid: 65534 }));
  t.is(exitCode, 1);
  t.is(stderr, `denied: Permission denied while trying to connect to the daemon at ${address}\n`);
});

test('files: what the command line names, and nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'named'), 'content');
  await writeFile(join(folder, 'secret'), 'secret');
  await mkdir(join(folder, 'folder'));
  const { address } = await serve(t, {
    read: readFileOf,
    steal: (client) => readFileOf(client, ['secret']),
    glued: (client) => readFileOf(client, ['named']),
  });
  const read = async (...argv: string[]): Promise<string> => {
    const { stdout, stderr } = await finished(startClient(t, address, argv, { cwd: folder }));
    return `${stdout}${stderr}`;
  };
  t.is(await read('read', 'named'), 'content');
  t.is(await read('read', join(folder, 'named')), 'content');
  t.is(await read('glued', '--env-file=named'), 'content');
  t.is(await read('glued', '-fnamed'), 'content');
  t.is(await read('read', 'none'), 'open none: no such file or directory');
  t.is(await read('read', 'folder'), 'read folder: is a directory');
  t.is(
    await read('steal', 'named', './secret', 'secretly', 'a=b=secret'),
    'open secret: not named on the command line',
  );
});

test('files: named pipes, process substitution and /dev/stdin', async (t) => {
  const { address } = await serve(t, { read: readFileOf });
  const script = 'mkfifo p; client read p & sleep 0.1; echo piped >p; wait; echo given | client read /dev/stdin';
  const cwd = await temporaryFolder(t);
  t.is((await finished(inShell(t, address, script, { cwd }))).stdout.toString(), 'piped\ngiven\n');
});

test('files: a named pipe without a writer holds nothing up when the command ends', async (t) => {
  const { address } = await serve(t, {
    read: async (client) => {
      const opening = client.openFile('p').catch(() => 'given up');
      const slow = new Promise((resolve) => setTimeout(resolve, 100, 'slow'));
      await write(client.stdout, String(await Promise.race([opening, slow])));
    },
  });
  const cwd = await temporaryFolder(t);
  t.is((await finished(inShell(t, address, 'mkfifo p; client read p', { cwd }))).stdout.toString(), 'slow');
});

test('over tcp from root', async (t) => {
  const { address } = await serve(t, { cat: echo }, {}, 'tcp://127.0.0.1:0');
  const client = startClient(t, address, ['cat']);
  client.stdin.end('over tcp');
  t.is((await finished(client)).stdout.toString(), 'over tcp');
});

test('what the command line needs of modules: no http, tls, readline, child processes or terminals', async (t) => {
  const { address } = await serve(t, { version: (client) => write(client.stdout, 'v') });
  const print = 'process.on("exit", () => process._rawDebug(process.moduleLoadList.join("\\n")))';
  const script = `"$NODE" --import 'data:text/javascript,${encodeURIComponent(print)}' "$FIXTURE" "$ADDRESS" version </dev/null`;
  const { stdout, stderr } = await finished(inShell(t, address, script));
  t.is(stdout.toString(), 'v');
  const loaded = new Set(stderr.split('\n'));
  const heavy = [
    'http',
    'tls',
    '_tls_wrap',
    'readline',
    'child_process',
    'worker_threads',
    'tty',
    'internal/fs/promises',
  ];
  t.true(loaded.has('NativeModule net'));
  t.deepEqual(
    heavy.filter((name) => loaded.has(`NativeModule ${name}`)),
    [],
  );
});

test('many clients at once', async (t) => {
  const { address } = await serve(t, { cat: echo });
  const answers = Array.from({ length: 20 }, async (_, n) => {
    const client = startClient(t, address, ['cat']);
    client.stdin.end(`client ${n}`);
    return (await finished(client)).stdout.toString();
  });
  t.deepEqual(
    await Promise.all(answers),
    answers.map((_, n) => `client ${n}`),
  );
});

test('a raw connection and a client are served side by side', async (t) => {
  const { address } = await serve(t, { cat: echo });
  const raw = await rawConnection(t, address);
  raw.write('["cat"]\nraw');
  const client = startClient(t, address, ['cat']);
  client.stdin.end('framed');
  t.is((await finished(client)).stdout.toString(), 'framed');
  raw.end();
  t.is((await drain(raw)).toString(), 'raw');
});
