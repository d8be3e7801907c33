import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { EndpointSettings } from '../../../../src/plugins/network/index.js';
import { call } from '../support/peers.js';
import {
  Agent,
  type Engine,
  enterPrivateNetwork,
  ip,
  nft,
  startEngine,
  temporaryRoot,
} from '../support/private-network.js';

enterPrivateNetwork();

const BRIDGE = 'gnt0';

async function engineFor(t: ExecutionContext): Promise<Engine & { readonly root: string }> {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  const engine = await startEngine(root, { subnet: '10.99.0.0/16' });
  t.teardown(() => {
    for (const { bridge } of engine.networks.list()) ip(`link delete ${bridge}`);
    nft(`delete table inet ${BRIDGE}`);
    return engine.stop();
  });
  await engine.manager.allocate('first', []);
  return { ...engine, root };
}

const plain = { subnet: undefined, gateway: undefined, internal: false, labels: {} };

/** A process that is on networks as a container is. */
async function member(
  t: ExecutionContext,
  { manager, root }: Engine & { readonly root: string },
  id: string,
  ...endpoints: readonly EndpointSettings[]
): Promise<{ readonly agent: Agent; readonly address: string; hosts(): string }> {
  const agent = new Agent();
  t.teardown(() => agent.end());
  mkdirSync(join(root, id), { recursive: true });
  const hosts = join(root, id, 'hosts');
  writeFileSync(hosts, '127.0.0.1\tlocalhost\n');
  manager.registerEndpoints({ id, hosts }, endpoints);
  const lease = await manager.allocate(id, []);
  await manager.connect(id, lease, agent.pid);
  return { agent, address: lease.address, hosts: () => readFileSync(hosts, 'utf8') };
}

test.serial('networks are kept apart, and containers of one reach each other and the world', async (t) => {
  const engine = await engineFor(t);
  for (const name of ['one', 'two']) await engine.networks.create({ ...plain, name });
  const a = await member(t, engine, 'a', { network: 'one', names: ['a'] });
  const b = await member(t, engine, 'b', { network: 'one', names: ['b'] });
  const c = await member(t, engine, 'c', { network: 'two', names: ['c'] });
  await b.agent.listen('tcp', 80, 'b');
  t.is(await a.agent.call('tcp', b.address, 80), `b ${a.address}`);
  t.is(await c.agent.call('tcp', b.address, 80), 'silence');
});

test.serial('nothing passes between an internal network and the world, published ports included', async (t) => {
  const engine = await engineFor(t);
  ip('link add lan type veth peer name far');
  const far = new Agent();
  t.teardown(() => far.end());
  ip(`link set far netns ${far.pid}`);
  ip('addr add 192.0.2.1/24 dev lan');
  ip('link set lan up');
  far.run('ip', 'addr', 'add', '192.0.2.9/24', 'dev', 'far');
  far.run('ip', 'link', 'set', 'far', 'up');
  await far.listen('tcp', 80, 'far');
  await engine.networks.create({ ...plain, name: 'open' });
  const { subnet } = await engine.networks.create({ ...plain, name: 'closed', internal: true });
  const open = await member(t, engine, 'open', { network: 'open', names: [] });
  const closed = await member(t, engine, 'closed', { network: 'closed', names: [] });
  t.is(await open.agent.call('tcp', '192.0.2.9', 80), 'far 192.0.2.1');
  t.is(await closed.agent.call('tcp', '192.0.2.9', 80), 'ENETUNREACH');
  closed.agent.run('ip', 'route', 'add', 'default', 'via', engine.networks.get('closed').gateway);
  t.is(await closed.agent.call('tcp', '192.0.2.9', 80), 'silence', 'even with a route of its own making');
  await closed.agent.listen('tcp', 80, 'closed');
  far.run('ip', 'route', 'add', subnet, 'via', '192.0.2.1');
  t.is(await far.call('tcp', closed.address, 80), 'silence');
});

test.serial('names come and go with containers, and what a container wrote into its file stays', async (t) => {
  const engine = await engineFor(t);
  await engine.networks.create({ ...plain, name: 'one' });
  const a = await member(t, engine, 'a', { network: 'one', names: ['a', 'alpha'] });
  t.regex(a.hosts(), new RegExp(`\n${a.address}\ta alpha a.one alpha.one\n`));
  writeFileSync(join(engine.root, 'a', 'hosts'), `${a.hosts()}192.0.2.7\tmine\n`);
  const b = await member(t, engine, 'b', { network: 'one', names: ['b', 'twin'] });
  const c = await member(t, engine, 'c', { network: 'one', names: ['c', 'twin'] });
  for (const { hosts } of [a, b, c]) {
    t.regex(hosts(), new RegExp(`\n${b.address}\tb twin b.one twin.one\n${c.address}\tc twin c.one twin.one\n`));
    t.is(hosts().split('# End').length, 2);
  }
  await engine.manager.release('b');
  t.notRegex(a.hosts(), /b twin/);
  t.regex(a.hosts(), /^127\.0\.0\.1\tlocalhost\n/);
  t.regex(a.hosts(), /192\.0\.2\.7\tmine\n/);
});

test.serial('on the default network a link is the only name', async (t) => {
  const engine = await engineFor(t);
  const db = await member(t, engine, 'db', { network: 'bridge', names: ['db'] });
  const link = { target: 'db', alias: 'store' };
  const web = await member(t, engine, 'web', { network: 'bridge', names: ['web'], links: [link] });
  t.regex(web.hosts(), new RegExp(`\n${db.address}\tstore db\n`));
  t.notRegex(web.hosts(), /db\.bridge/);
  t.notRegex(db.hosts(), /web/);
  await engine.manager.release('db');
  t.notRegex(web.hosts(), /store/);
});

test.serial('a running container joins a network and leaves it', async (t) => {
  const engine = await engineFor(t);
  await engine.networks.create({ ...plain, name: 'one' });
  await engine.networks.create({ ...plain, name: 'two' });
  const a = await member(t, engine, 'a', { network: 'one', names: ['a'] });
  const b = await member(t, engine, 'b', { network: 'two', names: ['b'] });
  await b.agent.listen('tcp', 80, 'b');
  await engine.networks.join('a', { network: 'two', names: ['a', 'guest'] });
  t.regex(a.agent.run('ip', '-4', 'address', 'show', 'eth1'), /inet 10\./);
  t.regex(await a.agent.call('tcp', b.address, 80), /^b /);
  t.regex(b.hosts(), /\ta guest a\.two guest\.two\n/);
  t.like(await t.throwsAsync(engine.networks.join('a', { network: 'two', names: ['a'] })), { kind: 'conflict' });
  t.like(await t.throwsAsync(engine.networks.remove('two')), { kind: 'conflict' });

  await engine.networks.leave('a', 'one');
  t.throws(() => a.agent.run('ip', 'address', 'show', 'eth0'), undefined, 'the link is gone');
  const { gateway } = engine.networks.get('two');
  t.like(JSON.parse(a.agent.run('ip', '-j', 'route', 'show', 'default')), { 0: { gateway, dev: 'eth1' }, length: 1 });
  await engine.networks.join('a', { network: 'one', names: ['a'] });
  t.regex(a.agent.run('ip', 'address', 'show', 'eth2'), /inet/);
  await engine.networks.leave('a', 'two');
  t.notRegex(b.hosts(), /guest/);
  t.notRegex(a.hosts(), /\tb\n/);
  t.like(await t.throwsAsync(engine.networks.leave('a', 'two')), { kind: 'not found' });
});

test.serial(
  'a container that has ended joins for its next run, though something still holds its namespace',
  async (t) => {
    const engine = await engineFor(t);
    for (const name of ['one', 'two']) await engine.networks.create({ ...plain, name });
    const a = await member(t, engine, 'a', { network: 'one', names: ['a'] });
    await engine.manager.release('a');
    await engine.networks.join('a', { network: 'two', names: ['a'] });
    t.throws(() => a.agent.run('ip', 'address', 'show', 'eth1'), undefined, 'no link is made');
  },
);

test.serial(
  'default route and ports are on the first network that leads out, whatever was connected when',
  async (t) => {
    const engine = await engineFor(t);
    const { networks, manager } = engine;
    await networks.create({ ...plain, name: 'inner', internal: true });
    await networks.create({ ...plain, name: 'one' });
    await networks.create({ ...plain, name: 'two' });
    const agent = new Agent();
    t.teardown(() => agent.end());
    const hosts = join(engine.root, 'hosts');
    manager.registerEndpoints({ id: 'c', hosts }, [{ network: 'inner', names: ['c'] }]);
    await networks.join('c', { network: 'one', names: ['c'] });
    const port = { protocol: 'tcp', containerPort: 80, hostPort: 18060, hostAddress: undefined } as const;
    const lease = await manager.allocate('c', [port]);
    writeFileSync(hosts, `${lease.address}\tc\n`);
    await networks.join('c', { network: 'two', names: ['c'] });
    await manager.connect('c', lease, agent.pid);
    await agent.listen('tcp', 80, 'c');
    const reached = async (): Promise<boolean> =>
      (await call({ protocol: 'tcp', address: '127.0.0.1', port: 18060 })).startsWith('c ');
    const gateway = (): unknown => JSON.parse(agent.run('ip', '-j', 'route', 'show', 'default'))[0]?.gateway;
    t.true(await reached(), 'the first in the order of networks is internal');
    t.is(gateway(), networks.get('one').gateway);
    t.regex(agent.run('ip', '-4', 'address', 'show', 'eth2'), /inet /, 'connected in the middle of a start');

    await networks.leave('c', 'one');
    t.true(await reached());
    t.is(gateway(), networks.get('two').gateway, 'not the next one, which is internal');
    const own = networks.endpoints({ holder: 'c' }).map(({ address }) => address?.ipv4);
    const named = /^(\S+)\tc$/m.exec(readFileSync(hosts, 'utf8'))?.[1] ?? '';
    t.true(own.includes(named), 'its own line names an address that it has');

    await networks.leave('c', 'two');
    t.false(await reached());
    await networks.join('c', { network: 'one', names: ['c'] });
    t.true(await reached(), 'published again');
    t.is(gateway(), networks.get('one').gateway);
    await manager.release('c');
  },
);

test.serial('containers of an isolated network reach the world, and not each other', async (t) => {
  const engine = await engineFor(t);
  const options = { ...plain, name: 'apart', mtu: 1000, bridge: 'gntapart', notes: { isolated: true } };
  const { gateway, ipv6Subnet } = await engine.networks.create(options);
  t.is(ipv6Subnet, '', 'packets of 1000 bytes carry no IPv6');
  t.regex(ip('link show gntapart'), /mtu 1000/);
  t.throws(() => engine.networks.get('nosuch'));
  await t.throwsAsync(engine.networks.create({ ...options, name: 'other' }), {
    message: /apart has the bridge gntapart/,
  });
  const server = await member(t, engine, 'server', { network: 'apart', names: ['server'] });
  const client = await member(t, engine, 'client', { network: 'apart', names: ['client'] });
  await server.agent.listen('tcp', 80, 'server');
  t.notRegex(await client.agent.call('tcp', server.address, 80), /^server /);
  client.agent.run('ip', 'route', 'add', `${server.address}/32`, 'via', gateway);
  t.notRegex(await client.agent.call('tcp', server.address, 80), /^server /, 'nor by the way of the host');
  t.regex(await call({ protocol: 'tcp', address: server.address, port: 80 }), /^server /);
});

test.serial('a namespace that lives on after its container has no part in the network', async (t) => {
  const engine = await engineFor(t);
  await engine.networks.create({ ...plain, name: 'one', subnet: '10.98.0.0/24' });
  const client = await member(t, engine, 'client', { network: 'one', names: ['client'] });
  const settings = { network: 'one', names: ['server'], address: '10.98.0.9' };
  const old = await member(t, engine, 'server', settings);
  await old.agent.listen('tcp', 80, 'old');
  t.regex(await client.agent.call('tcp', '10.98.0.9', 80), /^old /);
  await engine.manager.release('server');
  const agent = new Agent();
  t.teardown(() => agent.end());
  await engine.manager.connect('server', await engine.manager.allocate('server', []), agent.pid);
  await agent.listen('tcp', 80, 'new');
  for (let round = 0; round < 5; round++) {
    await old.agent.call('udp', '10.98.0.2', 9);
    t.regex(await client.agent.call('tcp', '10.98.0.9', 80), /^new /);
  }
});

test.serial('an address and a hardware address that were asked for', async (t) => {
  const engine = await engineFor(t);
  await engine.networks.create({ ...plain, name: 'one', subnet: '10.98.0.0/29', gateway: '10.98.0.6' });
  const wish = { network: 'one', names: ['a'], address: '10.98.0.3', macAddress: '02:00:00:AA:00:01' };
  const a = await member(t, engine, 'a', wish);
  t.is(a.address, '10.98.0.3');
  t.regex(a.agent.run('ip', 'link', 'show', 'eth0'), /02:00:00:aa:00:01/);
  t.regex(a.agent.run('ip', 'route'), /default via 10\.98\.0\.6/);
  const others = [];
  for (const id of ['b', 'c', 'd', 'e'])
    others.push((await member(t, engine, id, { network: 'one', names: [] })).address);
  t.deepEqual(others, ['10.98.0.1', '10.98.0.2', '10.98.0.4', '10.98.0.5']);
  engine.manager.registerEndpoints({ id: 'f', hosts: '' }, [{ network: 'one', names: [] }]);
  t.like(await t.throwsAsync(engine.manager.allocate('f', [])), {
    kind: 'unavailable',
    message: 'No more IP addresses available',
  });
  engine.manager.registerEndpoints({ id: 'g', hosts: '' }, [{ ...wish, macAddress: undefined }]);
  t.like(await t.throwsAsync(engine.manager.allocate('g', [])), { message: 'Address already in use: 10.98.0.3' });
});

for (const [what, wish] of [
  ['an address outside of the network', { address: '10.97.0.3' }],
  ["the gateway's address", { address: '10.98.0.1' }],
  ["the subnet's own address", { address: '10.98.0.0' }],
  ['the broadcast address', { address: '10.98.0.255' }],
  ['what is no address', { address: '10.98.0' }],
  ['a hardware address of a group', { macAddress: '01:00:00:00:00:01' }],
  ['what is no hardware address', { macAddress: '02:00:00:00:00' }],
  ['a name that is none', { names: ['a b'] }],
  ['a name with a line break', { names: ['a\n192.0.2.1 bank'] }],
] as const) {
  test.serial(`refused for a container: ${what}`, async (t) => {
    const engine = await engineFor(t);
    await engine.networks.create({ ...plain, name: 'one', subnet: '10.98.0.0/24' });
    const request = { network: 'one', names: [], ...wish };
    t.like(
      t.throws(() => engine.manager.registerEndpoints({ id: 'a', hosts: '' }, [request])),
      { kind: 'invalid' },
    );
  });
}

for (const [what, request, kind] of [
  ['the name of another', { name: 'one' }, 'conflict'],
  ['a subnet of another', { subnet: '10.98.0.128/25' }, 'conflict'],
  ['a subnet of the default network', { subnet: '10.99.7.0/24' }, 'conflict'],
  ['a subnet that a route of the host leads to', { subnet: '203.0.113.0/24' }, 'conflict'],
  ['what is no subnet', { subnet: '10.98.0.0' }, 'invalid'],
  ['a subnet without room', { subnet: '10.97.0.0/31' }, 'invalid'],
  ['a gateway outside of the subnet', { subnet: '10.97.0.0/24', gateway: '10.96.0.1' }, 'invalid'],
  ['a name that is none', { name: 'a/b' }, 'invalid'],
  ['no name', { name: '' }, 'invalid'],
  ['a name that means something else', { name: 'host' }, 'invalid'],
] as const) {
  test.serial(`refused for a network: ${what}`, async (t) => {
    const engine = await engineFor(t);
    ip('route add blackhole 203.0.113.0/25');
    t.teardown(() => ip('route flush type blackhole'));
    await engine.networks.create({ ...plain, name: 'one', subnet: '10.98.0.0/24' });
    const before = ip('-o link');
    t.like(await t.throwsAsync(engine.networks.create({ ...plain, name: 'new', ...request })), { kind });
    t.is(ip('-o link'), before);
    t.is(engine.networks.list().length, 2);
  });
}

test.serial('the default network stays, and one that is unknown is not found', async (t) => {
  const engine = await engineFor(t);
  t.like(await t.throwsAsync(engine.networks.remove('bridge')), { kind: 'invalid' });
  t.like(await t.throwsAsync(engine.networks.remove('nope')), { kind: 'not found', message: 'network nope not found' });
});

test.serial('a container whose network was removed is told so at its start', async (t) => {
  const engine = await engineFor(t);
  const { id, bridge } = await engine.networks.create({ ...plain, name: 'one' });
  engine.manager.registerEndpoints({ id: 'a', hosts: '' }, [{ network: 'one', names: ['a'] }]);
  await engine.networks.remove('one');
  t.false(ip('link').includes(bridge));
  t.like(await t.throwsAsync(engine.manager.allocate('a', [])), {
    kind: 'not found',
    message: `network ${id} not found`,
  });
});

test.serial(
  'bridges that somebody deletes are there again with the next container, links and names included',
  async (t) => {
    const engine = await engineFor(t);
    const { bridge } = await engine.networks.create({ ...plain, name: 'one' });
    const a = await member(t, engine, 'a', { network: 'one', names: ['a'] });
    ip(`link delete ${bridge}`);
    const b = await member(t, engine, 'b', { network: 'one', names: ['b'] });
    await a.agent.listen('tcp', 80, 'a');
    t.is(await b.agent.call('tcp', a.address, 80), `a ${b.address}`);
  },
);

test.serial('after a crash, reconcile takes back the names of the lost', async (t) => {
  const engine = await engineFor(t);
  await engine.networks.create({ ...plain, name: 'one' });
  const a = await member(t, engine, 'a', { network: 'one', names: ['a'] });
  await member(t, engine, 'lost', { network: 'one', names: ['lost'] });
  t.regex(a.hosts(), /\tlost lost\.one\n/);
  await engine.manager.reconcile(['a']);
  t.notRegex(a.hosts(), /\tlost lost\.one\n/);
  t.regex(a.hosts(), /\ta a\.one\n/);
});
