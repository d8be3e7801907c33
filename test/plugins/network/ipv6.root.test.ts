import { writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { PortRequest } from '../../../src/plugins/network/index.js';
import { call } from './support/peers.js';
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
const everywhere: PortRequest = { protocol: 'tcp', containerPort: 80, hostPort: 18080, hostAddress: undefined };
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
async function started(t: ExecutionContext, { manager }: Engine, id: string, ports: readonly PortRequest[] = []) {
  const agent = new Agent();
  t.teardown(() => agent.end());
  await manager.connect(id, await manager.allocate(id, ports), agent.pid);
  await agent.listen('tcp', 80, id, '::');
  const [, address = ''] = /inet6 (fd\S+)\/64/.exec(agent.run('ip', '-6', 'address', 'show', 'eth0')) ?? [];
  return { agent, address };
}

const tcp = (address: string, port: number) => ({ protocol: 'tcp', address, port }) as const;

test.serial('containers reach each other, and the host a published port, by IPv6', async (t) => {
  const engine = await engineFor(t);
  const web = await started(t, engine, 'web', [everywhere]);
  const client = await started(t, engine, 'client');
  t.is(await client.agent.call('tcp', web.address, 80), `web ${client.address}`);
  t.regex(await call(tcp(HOST, 18080)), /^web fd\S+:1$/, 'as the gateway: a container knows no way to other addresses');
  t.is(await call(tcp('::1', 18080)), 'ECONNREFUSED', 'at once, so that programs try 127.0.0.1');
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
});
