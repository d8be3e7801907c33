import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { Graph, type Image } from '../../../src/plugins/image/index.js';
import { type ImageCalls, imageCalls } from './support/client.js';
import { temporaryFolder } from './support/engine.js';
import { stream, tar } from './support/tars.js';

const ARCHIVE = tar([{ path: 'file', body: 'x'.repeat(1234) }]);

async function imported({ docker }: ImageCalls, ...args: string[]): Promise<string> {
  const { stdout } = await docker(['import', '-', ...args], { stdin: stream(ARCHIVE) });
  return stdout.trim();
}

async function graphOf({ services }: ImageCalls): Promise<Graph> {
  await services.ensure([Graph]);
  return services.resolve(Graph);
}

async function imageOf(calls: ImageCalls, reference: string): Promise<Image> {
  return (await graphOf(calls)).get(reference);
}

test('import from stdin prints the id alone, and keeps what it was told', async (t) => {
  const calls = imageCalls(t);
  const { docker } = calls;
  const argv = ['import', '-c', 'CMD ["sh"]', '--change=ENV A=1', '-m', 'mine', '-', 'base:1'];
  const answer = await docker(argv, { stdin: stream(ARCHIVE) });
  t.like(answer, { exitCode: 0, stderr: '' });
  t.regex(answer.stdout, /^sha256:[0-9a-f]{64}\n$/);
  t.like(await imageOf(calls, 'base:1'), {
    id: answer.stdout.trim(),
    comment: 'mine',
    config: { Cmd: ['sh'], Env: ['A=1'] },
    size: 1234,
  });
});

test('import takes a file of the client, and repository and tag as two words', async (t) => {
  const calls = imageCalls(t);
  const cwd = temporaryFolder(t);
  writeFileSync(join(cwd, 'a.tar'), ARCHIVE);
  t.like(await calls.docker(['import', 'a.tar', 'host:5000/me/app', 'v2'], { cwd }), { exitCode: 0 });
  t.is((await imageOf(calls, 'host:5000/me/app:v2')).comment, 'Imported from a.tar');
});

async function served(t: ExecutionContext): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/a.tar') response.writeHead(200, { 'content-length': ARCHIVE.length }).end(ARCHIVE);
    else if (request.url === '/cut.tar')
      response.writeHead(200, { 'content-length': 9e6 }).write(ARCHIVE.subarray(0, 900), () => response.destroy());
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('import fetches a URL', async (t) => {
  const calls = imageCalls(t);
  const url = await served(t);
  t.like(await calls.docker(['import', `${url}/a.tar`, 'web']), { exitCode: 0, stderr: '' });
  t.is((await imageOf(calls, 'web')).size, 1234);
  t.like(await calls.docker(['import', `${url}/none`]), {
    exitCode: 1,
    failure: 'Got HTTP status code >= 400: 404 Not Found',
  });
  t.like(await calls.docker(['import', `${url}/cut.tar`]), { exitCode: 1, stdout: '' });
  t.like(await calls.docker(['import', 'http://127.0.0.1:1/x']), { exitCode: 1, stdout: '' });
  t.is((await graphOf(calls)).list().length, 1);
});

test('import refuses what is no archive, no name, or no instruction, and keeps nothing', async (t) => {
  const calls = imageCalls(t);
  const stdin = (): Readable => stream(Buffer.from('hello'));
  t.like(await calls.docker(['import', '-'], { stdin: stdin() }), { exitCode: 1, failure: 'not a tar archive' });
  t.like(await calls.docker(['import', '-', 'A:b'], { stdin: stdin() }), { exitCode: 1, stdout: '' });
  t.like(await calls.docker(['import', '-', 'a:b', 'c'], { stdin: stdin() }), { failure: 'invalid reference format' });
  t.like(await calls.docker(['import', '-c', 'RUN x', '-'], { stdin: stdin() }), {
    failure: 'run is not a valid change command',
  });
  t.deepEqual((await graphOf(calls)).list(), []);
});

test('a client that goes in the middle leaves no image, even where its archive could end there', async (t) => {
  const calls = imageCalls(t);
  const gone = new AbortController();
  const stdin = new Readable({ read: () => undefined });
  stdin.push(tar([{ path: 'file', body: 'x' }], Buffer.alloc(0)));
  const call = calls.docker(['import', '-', 'half'], { stdin, gone: gone.signal });
  setImmediate(() => gone.abort());
  t.like(await call, { exitCode: 1, stdout: '' });
  t.deepEqual((await graphOf(calls)).list(), []);
});

test('a slow import shows its progress on a terminal, and wipes it away', async (t) => {
  const calls = imageCalls(t);
  const slow = async function* (): AsyncGenerator<Buffer> {
    for (let offset = 0; offset < ARCHIVE.length; offset += 512) {
      yield ARCHIVE.subarray(offset, offset + 512);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const { stderr, stdout } = await calls.docker(['import', '-'], { stdin: Readable.from(slow()), terminal: true });
  t.regex(stderr, /Importing [\d.]+kB/);
  t.true(stderr.endsWith('\r\x1b[K'));
  t.regex(stdout, /^sha256:/);
});

test('images lists names, newest first, in columns', async (t) => {
  const calls = imageCalls(t);
  const { docker } = calls;
  t.is((await docker(['images'])).stdout, 'REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n');
  const [old, untagged] = [await imported(calls, 'old'), await imported(calls)];
  await docker(['tag', 'old', 'quay.io/a/b:2']);
  const lines = (await docker(['images'])).stdout.trimEnd().split('\n').slice(1);
  t.deepEqual(
    lines.map((line) => line.replace(/\s{2,}/g, '|')),
    [
      `<none>|<none>|${untagged.slice(7, 19)}|Less than a second ago|1.23kB`,
      `old|latest|${old.slice(7, 19)}|Less than a second ago|1.23kB`,
      `quay.io/a/b|2|${old.slice(7, 19)}|Less than a second ago|1.23kB`,
    ].map((line, index) => line.replace('Less than a second ago', lines[index]?.split(/\s{2,}/)[3] ?? '')),
  );
  t.is((await docker(['images', '-q'])).stdout, [untagged, old, old].map((id) => `${id.slice(7, 19)}\n`).join(''));
  t.is((await docker(['images', '-q', '--no-trunc', 'old'])).stdout, `${old}\n`);
  t.is((await docker(['image', 'ls', '-q', 'old:2'])).stdout, '');
});

test('images hides what another was committed from, unless asked for all', async (t) => {
  const calls = imageCalls(t);
  const parent = await imported(calls);
  const child = await (await graphOf(calls)).create(Readable.from([]), { parent, comment: 'second' });
  t.is((await calls.docker(['images', '-q', '--no-trunc'])).stdout, `${child.id}\n`);
  t.is((await calls.docker(['images', '-aq', '--no-trunc'])).stdout, `${child.id}\n${parent}\n`);
  const history = (await calls.docker(['history', child.id])).stdout.trimEnd().split('\n');
  t.regex(history[0] ?? '', /^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$/);
  t.regex(history[1] ?? '', new RegExp(`^${child.id.slice(7, 19)} .* 0B +second$`));
  t.regex(history[2] ?? '', new RegExp(`^${parent.slice(7, 19)} .* 1.23kB +Imported from -$`));
});

test('tag moves a name, and refuses what is none', async (t) => {
  const calls = imageCalls(t);
  const [one, two] = [await imported(calls, 'a'), await imported(calls, 'b')];
  await calls.docker(['tag', '-f', one, 'x']);
  t.is((await imageOf(calls, 'x')).id, one);
  await calls.docker(['tag', 'b', 'x', 'latest']);
  t.is((await imageOf(calls, 'x')).id, two);
  t.like(await calls.docker(['tag', 'nope', 'x']), { exitCode: 1, failure: 'No such image: nope:latest' });
  t.like(await calls.docker(['tag', 'a', `x@sha256:${'0'.repeat(64)}`]), {
    exitCode: 1,
    failure: 'refusing to create a tag with a digest reference',
  });
});

test('rmi takes a name away, and with the last name the image', async (t) => {
  const calls = imageCalls(t);
  const id = await imported(calls, 'a');
  await calls.docker(['tag', 'a', 'b']);
  t.like(await calls.docker(['rmi', 'a']), { exitCode: 0, stdout: 'Untagged: a:latest\n' });
  t.like(await calls.docker(['rmi', 'nope', 'b', 'nope:2']), {
    exitCode: 1,
    stdout: `Untagged: b:latest\nDeleted: ${id}\n`,
    stderr: 'Error: No such image: nope:latest\nError: No such image: nope:2\n',
  });
  t.deepEqual((await graphOf(calls)).list(), []);
});

test('rmi by id wants force for several repositories', async (t) => {
  const calls = imageCalls(t);
  const id = await imported(calls, 'a');
  await calls.docker(['tag', 'a', 'b']);
  const short = id.slice(7, 19);
  t.like(await calls.docker(['rmi', short]), {
    exitCode: 1,
    stdout: '',
    stderr: `Error: conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories\n`,
  });
  t.like(await calls.docker(['image', 'rm', '-f', short]), {
    exitCode: 0,
    stdout: `Untagged: a:latest\nUntagged: b:latest\nDeleted: ${id}\n`,
  });
});

test('rmi leaves an image that a container uses, and deletes untagged parents with their last child', async (t) => {
  const calls = imageCalls(t);
  const graph = await graphOf(calls);
  const parent = await imported(calls);
  const child = await graph.create(Readable.from([]), { parent });
  await calls.docker(['tag', child.id, 'child']);
  graph.hold(child.id, 'c'.repeat(64));
  const words = `container cccccccccccc is using its referenced image ${child.id.slice(7, 19)}`;
  t.like(await calls.docker(['rmi', 'child']), {
    exitCode: 1,
    stderr: `Error: conflict: unable to remove repository reference "child" (must force) - ${words}\n`,
  });
  t.like(await calls.docker(['rmi', parent]), {
    exitCode: 1,
    stderr: `Error: conflict: unable to delete ${parent.slice(7, 19)} (cannot be forced) - image has dependent child images\n`,
  });
  t.like(await calls.docker(['rmi', '-f', 'child']), { exitCode: 0, stdout: 'Untagged: child:latest\n' });
  graph.release('c'.repeat(64));
  t.like(await calls.docker(['rmi', child.id]), { stdout: `Deleted: ${child.id}\nDeleted: ${parent}\n` });
});
