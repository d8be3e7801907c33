import { writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { PortBinding } from '../../../src/plugins/network/index.js';
import { call, listen } from './support/peers.js';
import {
  Agent,
  type Engine,
  enterPrivateNetwork,
  ip,
  nft,
  startEngine,
  temporaryRoot,
} from './support/private-network.js';

enterPrivateNetwork();

const BRIDGE = 'gnt0';
const HOST = '2001:db8::1';
const NEIGHBOUR = '2001:db8::9';
const everywhere: PortBinding = { protocol: 'tcp', containerPort: 80, hostPort: 18080, hostAddress: undefined };
const onLoopback = { ...everywhere, hostPort: 18083, hostAddress: '::1' };
const all = { hostPort: 18084, hostAddress: '::' };
const neighbour = new Agent();

test.before(() => {
  set('default/accept_dad', '0');
  neighbour.run('sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0');
  ip(`link add lan type veth peer name eth0 netns ${neighbour.pid}`);
  ip(`addr add ${HOST}/64 dev lan nodad`);
  ip('link set lan up');
  neighbour.run('ip', 'addr', 'add', `${NEIGHBOUR}/64`, 'dev', 'eth0', 'nodad');
  neighbour.run('ip', 'link', 'set', 'eth0', 'up');
});
test.after.always(() => neighbour.end());

async function engineFor(t: ExecutionContext): Promise<Engine> {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  const engine = await startEngine(root, { subnet: '10.99.0.0/16' });
  t.teardown(async () => {
    await engine.stop();
    nft('flush ruleset');
    ip(`link delete ${BRIDGE}`);
    set('all/forwarding', '0');
    set('default/disable_ipv6', '0');
  });
  return engine;
}

function set(name: string, value: string): void {
  writeFileSync(`/proc/sys/net/ipv6/conf/${name}`, value);
}

/** A container whose program listens for both families. */
async function started(t: ExecutionContext, { manager }: Engine, id: string, ports: readonly PortBinding[] = []) {
  const agent = new Agent();
  t.teardown(() => agent.end());
  await manager.connect(id, await manager.allocate(id, ports), agent.pid);
  await agent.listen('tcp', 80, id, '::');
  const [, address = ''] = /inet6 (fd\S+)\/64/.exec(agent.run('ip', '-6', 'address', 'show', 'eth0')) ?? [];
  return { agent, address };
}

function filterBridges(value: string): void {
  writeFileSync('/proc/sys/net/bridge/bridge-nf-call-ip6tables', value);
}

/** A network's gateway, of one of its addresses. */
function prefixOf(address: string): string {
  return address.replace(/[^:]*$/, '1');
}

const tcp = (address: string, port: number) => ({ protocol: 'tcp', address, port }) as const;

test.serial('containers reach each other, and the host a published port, by IPv6', async (t) => {
  const engine = await engineFor(t);
  const web = await started(t, engine, 'web', [everywhere]);
  const client = await started(t, engine, 'client');
  t.is(await client.agent.call('tcp', web.address, 80), `web ${client.address}`);
  t.regex(await call(tcp(HOST, 18080)), /^web fd\S+:1$/, 'as the gateway: a container knows no way to other addresses');
});

for (const isBridgeFiltered of ['0', '1']) {
  test.serial(`[::1] of the host leads to containers (bridge-nf-call-ip6tables=${isBridgeFiltered})`, async (t) => {
    filterBridges(isBridgeFiltered);
    const engine = await engineFor(t);
    const everywhereUdp = { ...everywhere, protocol: 'udp' } as const;
    const web = await started(t, engine, 'web', [everywhere, everywhereUdp, onLoopback, { ...everywhereUdp, ...all }]);
    await web.agent.listen('udp', 80, 'web', '::');
    for (const protocol of ['tcp', 'udp'] as const) {
      for (const port of [18080, protocol === 'tcp' ? 18083 : 18084]) {
        t.regex(await call({ protocol, address: '::1', port }), /^web fd\S+:1$/, `${protocol} ${port}`);
      }
    }
    t.is(await call(tcp('127.0.0.1', 18083)), 'ECONNREFUSED');
    t.is(await call(tcp(HOST, 18083)), 'ECONNREFUSED');
    const close = await listen(tcp('::1', 18085), 'host');
    t.teardown(close);
    t.is(await call(tcp('::1', 18085)), 'host ::1', "what is not published stays the host's");
  });

  test.serial(`[::1] is the host's alone (bridge-nf-call-ip6tables=${isBridgeFiltered})`, async (t) => {
    filterBridges(isBridgeFiltered);
    set('all/forwarding', '1');
    const engine = await engineFor(t);
    await started(t, engine, 'web', [onLoopback]);
    const client = await started(t, engine, 'client');
    const close = await listen(tcp('::1', 18085), 'secret');
    t.teardown(close);
    for (const [agent, way] of [
      [neighbour, HOST],
      [client.agent, prefixOf(client.address)],
    ] as const) {
      t.is(await agent.call('tcp', way, 18083), 'ECONNREFUSED');
      agent.run('ip', '-6', 'address', 'flush', 'dev', 'lo');
      agent.run('ip', '-6', 'route', 'add', '::1', 'via', way);
      t.is(await agent.call('tcp', '::1', 18083), 'silence');
      t.is(await agent.call('tcp', '::1', 18085), 'silence');
      agent.run('ip', '-6', 'route', 'del', '::1', 'via', way);
    }
  });
}

test.serial('ports of one IPv6 address of the host, and of all, alone', async (t) => {
  set('all/forwarding', '1');
  const engine = await engineFor(t);
  await started(t, engine, 'web', [
    { ...everywhere, hostPort: 18086, hostAddress: HOST },
    { ...everywhere, ...all },
  ]);
  for (const port of [18086, 18084]) {
    t.is(await neighbour.call('tcp', HOST, port), `web ${NEIGHBOUR}`);
    t.is(await call(tcp('127.0.0.1', port)), 'ECONNREFUSED');
  }
  t.is(await call(tcp('::1', 18086)), 'ECONNREFUSED');
  const foreign = { ...everywhere, hostPort: 18087, hostAddress: '2001:db8::77' };
  t.like(await t.throwsAsync(engine.manager.allocate('other', [foreign])), {
    message: 'Bind for [2001:db8::77]:18087 failed: cannot assign requested address',
  });
  const close = await listen(tcp('::1', 18088), 'host');
  t.teardown(close);
  t.like(await t.throwsAsync(engine.manager.allocate('other', [{ ...everywhere, hostPort: 18088 }])), {
    message: 'Bind for 0.0.0.0:18088 failed: port is already allocated',
  });
});

test.serial('a host that forwards no IPv6 is left so, and refuses what it cannot pass on', async (t) => {
  const engine = await engineFor(t);
  const web = await started(t, engine, 'web', [everywhere]);
  t.is(await neighbour.call('tcp', HOST, 18080), 'ECONNREFUSED');
  t.is(await web.agent.call('tcp', NEIGHBOUR, 7), 'ENETUNREACH');
});

test.serial('where the host forwards, published ports answer all, and nothing else does', async (t) => {
  set('all/forwarding', '1');
  const engine = await engineFor(t);
  const loopback = { ...everywhere, hostPort: 18081, hostAddress: '127.0.0.1' };
  const v4Only = { ...everywhere, hostPort: 18082, hostAddress: '0.0.0.0' };
  const web = await started(t, engine, 'web', [everywhere, loopback, v4Only]);
  const client = await started(t, engine, 'client');
  await neighbour.listen('tcp', 7, 'neighbour', '::');
  t.is(await neighbour.call('tcp', HOST, 18080), `web ${NEIGHBOUR}`);
  t.is(await neighbour.call('tcp', HOST, 18081), 'ECONNREFUSED');
  t.is(await neighbour.call('tcp', HOST, 18082), 'ECONNREFUSED');
  t.regex(await client.agent.call('tcp', HOST, 18080), /^web fd/);
  t.is(await client.agent.call('tcp', NEIGHBOUR, 7), `neighbour ${HOST}`);
  neighbour.run('ip', '-6', 'route', 'add', 'fd00::/8', 'via', HOST);
  t.is(await neighbour.call('tcp', web.address, 80), 'silence');
  await engine.manager.release('web');
  t.is(await neighbour.call('tcp', HOST, 18080), 'ECONNREFUSED');
});

test.serial('nobody on the bridge makes himself the router of the others', async (t) => {
  const engine = await engineFor(t);
  const { agent } = await started(t, engine, 'web');
  t.is(agent.run('cat', '/proc/sys/net/ipv6/conf/eth0/accept_ra'), '0\n');
  t.is(ip(`-6 address show dev ${BRIDGE} scope global`).match(/inet6/g)?.length, 1);
});

test.serial('a host without IPv6 gives none', async (t) => {
  set('default/disable_ipv6', '1');
  const engine = await engineFor(t);
  const web = await started(t, engine, 'web', [everywhere]);
  t.is(web.address, '');
  t.is(web.agent.run('ip', '-6', 'address', 'show', 'eth0'), '');
  t.is(ip(`-6 address show ${BRIDGE}`), '');
  t.like(await t.throwsAsync(engine.manager.allocate('other', [onLoopback])), {
    kind: 'unavailable',
    message: 'Bind for [::1]:18083 failed: the host has no IPv6',
  });
});
