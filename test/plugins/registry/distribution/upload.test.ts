import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { Repository } from '../../../../src/plugins/registry/distribution/repository.js';
import { bytesSource, uploadBlob } from '../../../../src/plugins/registry/distribution/upload.js';
import type { FakeRegistry, Handler } from '../support/fake-registry.js';
import { fake, sessionAt } from '../support/session.js';

const BYTES = Buffer.alloc(1000, 'some bytes');
const DIGEST = `sha256:${createHash('sha256').update(BYTES).digest('hex')}`;
const UPLOADS = '/v2/app/blobs/uploads/';

/** How a registry differs from the one that the specification has in mind. */
interface Quirks {
  patch?(request: IncomingMessage, response: ServerResponse, received: Buffer): void;
  put?(response: ServerResponse, attempt: number): void;
  readonly post?: string;
  hasBlob?(puts: number): boolean;
}

/** Uploads `BYTES` in pieces. @returns what the registry has received */
async function uploaded(t: ExecutionContext, quirks: Quirks, piece?: number): Promise<Buffer> {
  const registry = await fake(t);
  let received = Buffer.alloc(0);
  let puts = 0;
  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    POST: (_, response) => {
      received = Buffer.alloc(0);
      response.writeHead(202, { Location: `${UPLOADS}1` }).end();
    },
    PATCH: async (request, response) => {
      const bytes = await buffer(request);
      if (quirks.patch) quirks.patch(request, response, bytes);
      else response.writeHead(202, { Location: `${UPLOADS}1` }).end();
      if (response.statusCode < 300) received = Buffer.concat([received, bytes]);
    },
    PUT: (_, response) => (quirks.put ? quirks.put(response, ++puts) : response.writeHead(201).end()),
    GET: (_, response) => response.writeHead(204, { Range: `0-${received.length - 1}` }).end(),
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    void answers[request.method ?? '']?.(request, response);
  registry.on(UPLOADS, answer).on(`${UPLOADS}1`, answer);
  if (quirks.post !== undefined) redirected(registry, quirks.post, answer);
  registry.on(`/v2/app/blobs/${DIGEST}`, (_, response) => {
    response.writeHead(quirks.hasBlob?.(puts) ? 200 : 404).end();
  });
  const reference = { domain: registry.host, path: 'app', tag: undefined, digest: undefined };
  const repository = new Repository(sessionAt(t, registry.host), reference);
  await uploadBlob(repository, bytesSource(BYTES, DIGEST), undefined, () => {}, piece);
  return received;
}

function redirected(registry: FakeRegistry, to: string, answer: Handler): void {
  registry.on(UPLOADS, (_, response) => response.writeHead(307, { Location: to }).end());
  registry.on('/elsewhere/', answer);
}

test('in pieces', async (t) => {
  t.deepEqual(await uploaded(t, {}, 300), BYTES);
});

test('success by any name, and no word of where to go on', async (t) => {
  const quirks: Quirks = {
    patch: (_, response) => response.writeHead(204).end(),
    put: (response) => response.writeHead(200).end(),
  };
  t.deepEqual(await uploaded(t, quirks), BYTES);
  t.deepEqual(await uploaded(t, quirks, 300), BYTES);
});

test('a registry that takes no pieces gets the whole', async (t) => {
  const quirks: Quirks = {
    patch: (request, response) => response.writeHead(request.headers['content-range'] ? 416 : 202).end(),
  };
  t.deepEqual(await uploaded(t, quirks, 300), BYTES);
  t.deepEqual(await uploaded(t, quirks), BYTES);
});

test('a failure at the end is tried again', async (t) => {
  const quirks: Quirks = { put: (response, attempt) => response.writeHead(attempt === 1 ? 503 : 201).end() };
  t.deepEqual(await uploaded(t, quirks), BYTES);
});

test('an answer that is lost at the end does no harm, if the blob is there', async (t) => {
  await uploaded(t, { put: (response) => response.destroy(), hasBlob: (puts) => puts === 1 });
  await uploaded(t, {
    put: (response, attempt) => (attempt === 1 ? response.destroy() : response.writeHead(404).end()),
    hasBlob: (puts) => puts === 2,
  });
  t.pass();
});

test('what fails at the end each time is told', async (t) => {
  const { message } = await t.throwsAsync(uploaded(t, { put: (response) => response.writeHead(400).end() }));
  t.regex(message, /HTTP status 400/);
});

test('a redirect within the registry is followed with what was sent, and none to another host', async (t) => {
  t.deepEqual(await uploaded(t, { post: '/elsewhere/' }), BYTES);
  await t.throwsAsync(uploaded(t, { post: 'http://127.0.0.2:1/elsewhere/' }));
});
