import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { Client } from '../../../src/kernel/contracts/client.js';
import { write } from '../../../src/kernel/streams/write.js';
import { finished, inShell, serve, startClient, temporaryFolder } from '../support.js';

async function readFileOf(client: Client, argv: readonly string[]): Promise<void> {
  const path = argv.at(-1) ?? '';
  try {
    for await (const chunk of await client.openFile(path)) await write(client.stdout, chunk);
  } catch (error) {
    await write(client.stderr, (error as Error).message);
  }
}

test('files: what the command line names as one to read, and nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'named'), 'content');
  await writeFile(join(folder, 'secret'), 'secret');
  await mkdir(join(folder, 'folder'));
  const { address } = await serve(t, {
    load: readFileOf,
    import: readFileOf,
    exec: readFileOf,
    run: (client) => readFileOf(client, ['named']),
  });
  const read = async (...argv: string[]): Promise<string> => {
    const { stdout, stderr } = await finished(startClient(t, address, argv, { cwd: folder }));
    return `${stdout}${stderr}`;
  };
  t.is(await read('load', '-i', 'named'), 'content');
  t.is(await read('import', join(folder, 'named')), 'content');
  t.is(await read('run', '--env-file=named', 'busybox'), 'content');
  t.is(await read('import', 'none'), 'open none: no such file or directory');
  t.is(await read('import', 'folder'), 'read folder: is a directory');
  const denied = 'open secret: not named on the command line as a file for this';
  t.is(await read('exec', 'web', 'cat', 'secret'), denied);
  t.is(await read('run', 'busybox', '--env-file=named'), denied.replace('secret', 'named'));
});

test('files: none is written that the command line does not name as one to write', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'mine'), 'content');
  const save: Parameters<typeof serve>[1][string] = async (client, argv) => {
    await client.saveTo?.(argv.at(-1) ?? '').catch((error: Error) => write(client.stderr, error.message));
    await write(client.stdout, 'overwritten');
  };
  const { address } = await serve(t, { exec: save, load: save, save });
  for (const argv of [
    ['exec', 'web', 'tee', 'mine'],
    ['load', '-i', 'mine'],
  ]) {
    const { stderr } = await finished(startClient(t, address, argv, { cwd: folder }));
    t.is(stderr, 'open mine: not named on the command line as a file for this');
    t.is(await readFile(join(folder, 'mine'), 'utf8'), 'content');
  }
  await finished(startClient(t, address, ['save', 'busybox', '-o', 'mine'], { cwd: folder }));
  t.is(await readFile(join(folder, 'mine'), 'utf8'), 'overwritten');
});

test('variables: those that are named as such in front of the container, and nothing else', async (t) => {
  const { address } = await serve(t, { exec: (client) => write(client.stdout, client.env['TOP'] ?? 'none') });
  const env = { TOP: 'secret' };
  const sent = async (...argv: string[]): Promise<string> =>
    (await finished(startClient(t, address, argv, { env }))).stdout.toString();
  t.is(await sent('exec', '-e', 'TOP', 'web', 'env'), 'secret');
  t.is(await sent('exec', 'web', 'grep', '-e', 'TOP', '/f'), 'none');
});

test('files: named pipes, written to early or late, in pieces, and /dev/stdin', async (t) => {
  const { address } = await serve(t, { import: readFileOf });
  const script = `
    mkfifo late early
    client import late & sleep 0.2; { echo one; sleep 0.1; echo two; } >late; wait
    echo three >early & sleep 0.1; client import early; wait
    echo four | client import /dev/stdin`;
  const cwd = await temporaryFolder(t);
  const { stdout, stderr } = await finished(inShell(t, address, script, { cwd }));
  t.is(stderr, '');
  t.is(stdout.toString(), 'one\ntwo\nthree\nfour\n');
});

test('files: a named pipe without a writer holds nothing up when the command ends', async (t) => {
  const { address } = await serve(t, {
    import: async (client) => {
      const first = once(await client.openFile('p'), 'data');
      const slow = new Promise((resolve) => setTimeout(resolve, 100, 'slow'));
      await write(client.stdout, String(await Promise.race([first, slow])));
    },
  });
  const cwd = await temporaryFolder(t);
  t.is((await finished(inShell(t, address, 'mkfifo p; client import p', { cwd }))).stdout.toString(), 'slow');
});
