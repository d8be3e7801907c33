import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { finished, temporaryFolder } from '../support.js';

const MODULE = import.meta.resolve('../../../src/transport/local/local-client.js');

/** A process that makes a call as its own client: `body` is the call, given `client`. */
function local(t: ExecutionContext, body: string, redirections = '', cwd?: string) {
  const script = `
    const { LocalClient } = await import(${JSON.stringify(MODULE)});
    const client = new LocalClient({ env: process.env, cwd: process.cwd() }, []);
    const call = async () => { ${body} };
    const { exitCode } = await client.finish({ exitCode: (await call()) ?? 0 });
    process.exit(exitCode);`;
  const run = `run() { "$0" --input-type=module -e "$1"; }; ${redirections || 'exec "$0" --input-type=module -e "$1"'}`;
  const child = spawn('sh', ['-c', run, process.execPath, script], {
    cwd,
    env: { ...process.env, TERM: 'dumb', SECRET: 'x' },
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

test('input, output, environment and working directory are the process’s own', async (t) => {
  const cwd = await temporaryFolder(t);
  const child = local(
    t,
    `for await (const chunk of client.stdin) client.stdout.write(chunk);
     client.stderr.write(JSON.stringify([client.cwd, client.env.TERM, client.env.SECRET ?? null, client.terminal.stdin]));
     return 7;`,
    '',
    cwd,
  );
  child.stdin.end('through');
  const { exitCode, stdout, stderr } = await finished(child);
  t.is(exitCode, 7);
  t.is(stdout.toString(), 'through');
  t.is(stderr, JSON.stringify([cwd, 'dumb', null, false]));
});

test('all output is written before the call is over, however slow the reader', async (t) => {
  const body = `for (let n = 0; n < 100; n++) client.stdout.write(Buffer.alloc(65536));`;
  const { stdout } = await finished(local(t, body, 'run "$1" | { sleep 0.2; wc -c; }'));
  t.is(stdout.toString(), `${100 * 65536}\n`);
});

test('unread input is left for whoever reads next', async (t) => {
  const { stdout } = await finished(local(t, `client.stdout.write('call ');`, 'echo rest | { run "$1"; cat; }'));
  t.is(stdout.toString(), 'call rest\n');
});

test('a signal that nobody listens to makes the client go, and is the exit code', async (t) => {
  const body = `
    client.stdout.write('ready');
    const alive = setInterval(() => {}, 1000);
    await new Promise((resolve) => client.gone.addEventListener('abort', resolve));
    clearInterval(alive);
    client.stderr.write('tidied up');`;
  const child = local(t, body);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { exitCode, stderr } = await finished(child);
  t.is(stderr, 'tidied up');
  t.is(exitCode, 143);
});

test('the second signal ends the process', async (t) => {
  const body = `
    client.stdout.write('ready');
    client.gone.addEventListener('abort', () => client.stdout.write('gone'));
    await new Promise((resolve) => setTimeout(resolve, 1e6));`;
  const child = local(t, body);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  t.is((await finished(child)).signal, 'SIGINT');
});

test('a signal that is listened to is the listener’s alone', async (t) => {
  const body = `
    const alive = setInterval(() => {}, 1000);
    const signal = new Promise((resolve) => client.onSignal(resolve));
    client.stdout.write('ready');
    client.stderr.write(await signal + ' ' + client.gone.aborted);
    clearInterval(alive);
    return 4;`;
  const child = local(t, body);
  await once(child.stdout, 'data');
  child.kill('SIGHUP');
  const { exitCode, stderr } = await finished(child);
  t.is(stderr, 'SIGHUP false');
  t.is(exitCode, 4);
});

test('a reader that has seen enough makes the client go, quietly', async (t) => {
  const body = `
    while (!client.gone.aborted) {
      client.stdout.write(Buffer.alloc(65536));
      await new Promise(setImmediate);
    }`;
  const { stderr, stdout } = await finished(local(t, body, '{ run "$1"; echo $? >&2; } | head -c 1 | wc -c'));
  t.is(stdout.toString(), '1\n');
  t.is(stderr, '141\n');
});

test('files are the process’s own', async (t) => {
  const cwd = await temporaryFolder(t);
  await writeFile(join(cwd, 'file'), 'content');
  const body = `
    for await (const chunk of await client.openFile('file')) client.stdout.write(chunk);
    await client.openFile('none').catch((error) => client.stderr.write(error.kind + ': ' + error.message));`;
  const { stdout, stderr } = await finished(local(t, body, '', cwd));
  t.is(stdout.toString(), 'content');
  t.is(stderr, 'not found: open none: no such file or directory');
});

test('outputs that are one pipe keep their order, however slow the reader', async (t) => {
  const body = `
    const write = (stream, text) => stream.write(text) || new Promise((resolve) => stream.once('drain', resolve));
    for (let n = 0; n < 3000; n++) await write(n % 2 ? client.stderr : client.stdout, n + ' ' + 'x'.repeat(n % 99) + '\\n');`;
  const { stdout } = await finished(local(t, body, 'run "$1" 2>&1 | { sleep 0.2; cat; }'));
  t.is(stdout.toString(), Array.from({ length: 3000 }, (_, n) => `${n} ${'x'.repeat(n % 99)}\n`).join(''));
});
