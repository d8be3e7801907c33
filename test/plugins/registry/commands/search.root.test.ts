import { join } from 'node:path';
import test from 'ava';
import { engineFor, registryFor, scene } from '../support/scene.js';

test.serial('in the repositories of a registry', async (t) => {
  const registry = await registryFor(t);
  const engine = await engineFor(t, true, 'busybox');
  for (const name of ['app', 'other', 'team/apple']) {
    await engine.ok('tag', 'busybox', `${registry.host}/${name}`);
    await engine.ok('push', '-q', `${registry.host}/${name}`);
  }
  const names = async (...args: string[]): Promise<string[]> => {
    const [, ...rows] = (await engine.ok('search', ...args)).split('\n');
    return rows.map((row) => row.split(' ')[0] ?? '');
  };
  t.deepEqual(await names(`${registry.host}/ap`), [`${registry.host}/app`, `${registry.host}/team/apple`]);
  t.deepEqual(await names('--limit', '1', `${registry.host}/ap`), [`${registry.host}/app`]);
  t.deepEqual(await names(`${registry.host}/none`), []);
  t.is((await engine.quick(['search', '--limit', '0', 'x'])).code, 125);
  t.deepEqual(await names('-f', 'stars=0', '-f', 'is-official=false', '--limit', '1', `${registry.host}/ap`), [
    `${registry.host}/app`,
  ]);
  t.deepEqual(await names('-f', 'is-official=true', `${registry.host}/ap`), []);
  t.deepEqual(await names('--filter', 'stars=1', `${registry.host}/ap`), []);
  for (const filter of ['stars=many', 'is-official=perhaps', 'colour=red']) {
    t.regex((await engine.quick(['search', '-f', filter, `${registry.host}/ap`])).stderr, /invalid filter '/);
  }
});

test.serial('what a registry calls its repositories does not reach the terminal as it is', async (t) => {
  const { engine, registry } = await scene(t);
  registry.give('/v2/_catalog', JSON.stringify({ repositories: ['app\x1b[31m', 7, null] }));
  const found = await engine.ok('search', `${registry.host}/ap`);
  t.true(found.includes('app\\x1b[31m'), found);
  t.false(found.includes('\x1b'));
});

test.serial('who may only look makes the daemon connect nowhere', async (t) => {
  const { engine, registry } = await scene(t, { withDaemon: true });
  registry.give('/v2/_catalog', '{"repositories":["app"]}');
  const socket = join(engine.root, 'look.sock');
  await engine.ok('socket', 'create', socket);
  const { code, stderr } = await engine.docker(['-H', `unix://${socket}`, 'search', `${registry.host}/ap`]);
  t.is(code, 1);
  t.regex(stderr, /Permission denied: this socket allows read, and 'docker search' needs write/);
  t.deepEqual(registry.requests, []);
});

test.serial('a registry whose entries are not what they should be', async (t) => {
  const { engine, registry } = await scene(t);
  const repositories = ['app', { toString: 1 }, ...new Array(200_000).fill('app')];
  registry.give('/v2/_catalog', JSON.stringify({ repositories }));
  t.is((await engine.ok('search', `${registry.host}/ap`)).split('\n').length, 26);
});

test.serial('a registry that has no list says so', async (t) => {
  const { engine, registry } = await scene(t);
  const { code, stderr } = await engine.docker(['search', `${registry.host}/ap`]);
  t.is(code, 1);
  t.regex(stderr, /^Error: search in 127\S+ not found: [^\n]+\n$/);
});
