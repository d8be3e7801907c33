import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { imageCalls } from '../support/client.js';
import { temporaryFolder } from '../support/engine.js';
import { ARCHIVE, graphOf, imageOf } from '../support/imported.js';
import { stream, tar } from '../support/tars.js';

async function served(t: ExecutionContext): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/a.tar') response.writeHead(200, { 'content-length': ARCHIVE.length }).end(ARCHIVE);
    else if (request.url === '/cut.tar')
      response.writeHead(200, { 'content-length': 9e6 }).write(ARCHIVE.subarray(0, 900), () => response.destroy());
    else if (request.url === '/there') response.writeHead(302, { location: '/a.tar' }).end();
    else if (request.url === '/inside') response.writeHead(302, { location: 'http://169.254.169.254/a.tar' }).end();
    else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
    else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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

test('import follows redirects, but not for ever, nor inside', async (t) => {
  const calls = imageCalls(t);
  const url = await served(t);
  t.like(await calls.docker(['import', `${url}/there`]), { exitCode: 0, stderr: '' });
  const failures = {
    inside: 'a redirect leads to 169.254.169.254, an address of this host or of its own link',
    round: 'it redirects more than 5 times',
    file: 'HTTP status 302, which leads to no URL that may be followed',
  };
  for (const [path, why] of Object.entries(failures)) {
    t.like(await calls.docker(['import', `${url}/${path}`]), {
      exitCode: 1,
      failure: `cannot download ${url}/${path}: ${why}`,
    });
  }
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
