import test, { type ExecutionContext } from 'ava';
import { Repository } from '../../../../src/plugins/registry/distribution/repository.js';
import type { FakeRegistry } from '../support/fake-registry.js';
import { fake, sessionAt } from '../support/session.js';

/** Pages of tags, each of which names the next, without end. */
function endless(registry: FakeRegistry, tagsOf: (page: number) => readonly string[]): FakeRegistry {
  let page = 0;
  return registry.on('/v2/app/tags/list', (_, response) => {
    response.setHeader('Link', `</v2/app/tags/list?page=${++page}>; rel="next"`);
    response.end(JSON.stringify({ tags: tagsOf(page) }));
  });
}

function tags(t: ExecutionContext, registry: FakeRegistry): Promise<readonly string[]> {
  return new Repository(sessionAt(t, registry.host), {
    domain: registry.host,
    path: 'app',
    tag: undefined,
    digest: undefined,
  }).tags();
}

const pages = (registry: FakeRegistry): number =>
  registry.requests.filter((line) => line.includes('/tags/list')).length;

test('pages of tags that bring nothing new come to an end', async (t) => {
  const registry = endless(await fake(t), () => ['1', '2']);
  t.deepEqual(await tags(t, registry), ['1', '2']);
  t.is(pages(registry), 2);
});

test('pages of tags without end come to an end', async (t) => {
  const registry = endless(await fake(t), (page) => [`t${page}`]);
  t.is((await tags(t, registry)).length, 100);
  t.is(pages(registry), 100);
});

test('a page with very many tags is read', async (t) => {
  const many = Array.from({ length: 200_000 }, (_, index) => `t${index}`);
  const registry = (await fake(t)).give('/v2/app/tags/list', JSON.stringify({ tags: many }));
  t.is((await tags(t, registry)).length, 100_000);
});
