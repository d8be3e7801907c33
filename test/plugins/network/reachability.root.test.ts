import test from 'ava';
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
const HOST = '192.0.2.1';
const NEIGHBOUR = '192.0.2.9';
const SUBNET = '10.99.0.0/16';

const { root, remove } = temporaryRoot();
const server = new Agent();
const client = new Agent();
const neighbour = new Agent();
let engine: Engine;
let stopListening: (() => void) | undefined;

const published: PortBinding[] = [
  { protocol: 'tcp', containerPort: 80, hostPort: 18080, hostAddress: undefined },
  { protocol: 'udp', containerPort: 53, hostPort: 18053, hostAddress: undefined },
  { protocol: 'tcp', containerPort: 80, hostPort: 18081, hostAddress: '127.0.0.1' },
];
const SERVER = '10.99.0.2';
const CLIENT = '10.99.0.3';
const GATEWAY = '10.99.0.1';

test.before(async () => {
  ip(`link add lan type veth peer name eth0 netns ${neighbour.pid}`);
  ip(`addr add ${HOST}/24 dev lan`);
  ip('link set lan up');
  neighbour.run('ip', 'addr', 'add', `${NEIGHBOUR}/24`, 'dev', 'eth0');
  neighbour.run('ip', 'link', 'set', 'eth0', 'up');
  neighbour.run('ip', 'route', 'add', SUBNET, 'via', HOST);
  engine = await startEngine(root, { subnet: SUBNET, daemon: false });
  await engine.manager.connect('server', await engine.manager.allocate('server', published), server.pid);
  await engine.manager.connect('client', await engine.manager.allocate('client', []), client.pid);
  await server.listen('tcp', 80, 'server');
  await server.listen('udp', 53, 'server');
  await neighbour.listen('tcp', 80, 'neighbour');
  stopListening = await listen({ protocol: 'tcp', address: '0.0.0.0', port: 7 }, 'host');
});

test.after.always(async () => {
  await Promise.all([server, client, neighbour].map((agent) => agent.end()));
  stopListening?.();
  await engine.stop();
  remove();
});

test.serial('containers reach each other and the gateway', async (t) => {
  t.is(await client.call('tcp', SERVER, 80), `server ${CLIENT}`);
  t.is(await client.call('tcp', GATEWAY, 7), `host ${CLIENT}`);
  t.regex(client.run('busybox', 'ping', '-c', '1', '-W', '2', SERVER), / 0% packet loss/);
});

test.serial('the host reaches a container by its address', async (t) => {
  t.is(await call({ protocol: 'tcp', address: SERVER, port: 80 }), `server ${GATEWAY}`);
});

test.serial('a container reaches the world by the address of the host', async (t) => {
  t.is(await client.call('tcp', NEIGHBOUR, 80), `neighbour ${HOST}`);
});

for (const [protocol, port] of [
  ['tcp', 18080],
  ['udp', 18053],
] as const) {
  test.serial(`a published ${protocol} port answers from everywhere`, async (t) => {
    t.is(await call({ protocol, address: HOST, port }), `server ${HOST}`);
    t.is(await call({ protocol, address: '127.0.0.1', port }), `server ${GATEWAY}`);
    t.is(await neighbour.call(protocol, HOST, port), `server ${NEIGHBOUR}`);
    t.is(await client.call(protocol, HOST, port), `server ${GATEWAY}`);
    t.is(await client.call(protocol, GATEWAY, port), `server ${GATEWAY}`);
    t.is(await server.call(protocol, HOST, port), `server ${GATEWAY}`);
  });
}

test.serial('what a container sends from an address of others reaches nobody', async (t) => {
  neighbour.run('nft', 'add table ip seen');
  neighbour.run('nft', 'add chain ip seen input { type filter hook input priority 0 ; }');
  neighbour.run('nft', 'add rule ip seen input ip saddr 192.0.2.66 counter');
  neighbour.run('nft', 'add rule ip seen input ip saddr 192.0.2.1 counter');
  client.run('ip', 'addr', 'add', '192.0.2.66/32', 'dev', 'eth0');
  t.throws(() => client.run('busybox', 'ping', '-c', '2', '-W', '1', '-I', '192.0.2.66', NEIGHBOUR));
  client.run('ip', 'addr', 'del', '192.0.2.66/32', 'dev', 'eth0');
  client.run('busybox', 'ping', '-c', '1', '-W', '2', NEIGHBOUR);
  t.regex(neighbour.run('nft', 'list chain ip seen input'), /66 counter packets 0 [\s\S]*2\.1 counter packets 1 /);
});

test.serial('a port bound to loopback answers the host alone', async (t) => {
  t.is(await call({ protocol: 'tcp', address: '127.0.0.1', port: 18081 }), `server ${GATEWAY}`);
  t.is(await call({ protocol: 'tcp', address: HOST, port: 18081 }), 'ECONNREFUSED');
  t.is(await neighbour.call('tcp', HOST, 18081), 'ECONNREFUSED');
  t.is(await client.call('tcp', GATEWAY, 18081), 'ECONNREFUSED');
});

test.serial('a neighbour reaches no container by its own address', async (t) => {
  t.is(await neighbour.call('tcp', SERVER, 80), 'silence');
  t.is(await neighbour.call('udp', SERVER, 53), 'silence');
});

test.serial("a container with raw rights does not reach the host's loopback", async (t) => {
  const close = await listen({ protocol: 'tcp', address: '127.0.0.1', port: 19000 }, 'secret');
  t.teardown(close);
  client.run('ip', 'addr', 'del', '127.0.0.1/8', 'dev', 'lo');
  client.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet');
  client.run('ip', 'route', 'add', '127.0.0.1', 'via', GATEWAY);
  t.is(await client.call('tcp', '127.0.0.1', 19000), 'silence');
  t.is(await client.call('tcp', '127.0.0.1', 18081), 'silence');
  nft(`flush chain inet ${BRIDGE} guard`);
  t.is(
    await client.call('tcp', '127.0.0.1', 19000),
    `secret ${CLIENT}`,
    'the attack is real where the guard is missing',
  );
  await engine.manager.reconcile(['server', 'client']);
  t.is(await client.call('tcp', '127.0.0.1', 19000), 'silence');
});

test.serial('what somebody else destroyed is there again with the next container', async (t) => {
  nft('flush ruleset');
  ip(`link delete ${BRIDGE}`);
  t.is(await client.call('tcp', SERVER, 80), 'silence');
  await engine.manager.allocate('next', []);
  t.is(await client.call('tcp', SERVER, 80), `server ${CLIENT}`);
  t.is(await neighbour.call('tcp', HOST, 18080), `server ${NEIGHBOUR}`);
});

test.serial('publishing repairs a table in which the port leads elsewhere', async (t) => {
  const { manager, warnings } = engine;
  nft(`add element inet ${BRIDGE} published { tcp . 18090 : 10.99.77.77 . 80 }`);
  const late = new Agent();
  t.teardown(() => late.end());
  const request = { protocol: 'tcp', containerPort: 80, hostPort: 18090, hostAddress: undefined } as const;
  await manager.connect('late', await manager.allocate('late', [request]), late.pid);
  await late.listen('tcp', 80, 'late');
  t.is(await neighbour.call('tcp', HOST, 18090), `late ${NEIGHBOUR}`);
  t.is(warnings.length, 1);
});

test.serial('after a crash, reconcile unpublishes what was lost and keeps what lives', async (t) => {
  const next = await startEngine(root, { subnet: SUBNET });
  t.teardown(() => next.stop());
  t.is(await neighbour.call('tcp', HOST, 18080), `server ${NEIGHBOUR}`);
  await next.manager.reconcile(['server']);
  t.is(await neighbour.call('tcp', HOST, 18080), `server ${NEIGHBOUR}`);
  t.is(await neighbour.call('tcp', HOST, 18090), 'ECONNREFUSED');
});

test.serial('a released port answers no more, and is free for a program of the host', async (t) => {
  await engine.manager.release('server');
  t.is(await neighbour.call('tcp', HOST, 18080), 'ECONNREFUSED');
  const close = await listen({ protocol: 'tcp', address: '0.0.0.0', port: 18080 }, 'host');
  t.teardown(close);
  t.is(await neighbour.call('tcp', HOST, 18080), `host ${NEIGHBOUR}`);
});
