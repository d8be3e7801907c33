import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
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

test('files: named pipes, written to early or late, in pieces, and /dev/stdin', async (t) => {
  const { address } = await serve(t, { read: readFileOf });
  const script = `
    mkfifo late early
    client read late & sleep 0.2; { echo one; sleep 0.1; echo two; } >late; wait
    echo three >early & sleep 0.1; client read early; wait
    echo four | client read /dev/stdin`;
  const cwd = await temporaryFolder(t);
  const { stdout, stderr } = await finished(inShell(t, address, script, { cwd }));
  t.is(stderr, '');
  t.is(stdout.toString(), 'one\ntwo\nthree\nfour\n');
});

test('files: a named pipe without a writer holds nothing up when the command ends', async (t) => {
  const { address } = await serve(t, {
    read: async (client) => {
      const first = once(await client.openFile('p'), 'data');
      const slow = new Promise((resolve) => setTimeout(resolve, 100, 'slow'));
      await write(client.stdout, String(await Promise.race([first, slow])));
    },
  });
  const cwd = await temporaryFolder(t);
  t.is((await finished(inShell(t, address, 'mkfifo p; client read p', { cwd }))).stdout.toString(), 'slow');
});
