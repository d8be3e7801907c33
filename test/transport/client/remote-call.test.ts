import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { write } from '../../../src/kernel/streams/write.js';
import { drain, echo, finished, inShell, rawConnection, serve, startClient, temporaryFolder } from '../support.js';

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

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

test('a variable is told when the command line names it as one, and only then', async (t) => {
  const { address } = await serve(t, { run: ({ env, stdout: output }) => write(output, Object.keys(env).join()) });
  const env = { A: '1', B: '2', C: '3', D: '4', E: '5', F: '6' };
  const argv = ['run', '-e', 'A', '--env=B', '-eC', '-w', 'F', 'image', 'D', '-it', 'E'];
  const { stdout } = await finished(startClient(t, address, argv, { env }));
  t.is(stdout.toString(), 'A,B,C');
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
