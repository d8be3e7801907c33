import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { findLink, NETLINK_ROUTE, NetlinkSocket, putOnBridge } from '../../../../src/plugins/network/host/index.js';
import type { PortBinding } from '../../../../src/plugins/network/index.js';
import { eventually } from '../../../support/engine.js';
import {
  Agent,
  type Engine,
  enterPrivateNetwork,
  ip,
  nft,
  startEngine,
  temporaryRoot,
  uplink,
} from '../support/private-network.js';

enterPrivateNetwork();

const BRIDGE = 'gnt0';

async function engineFor(t: ExecutionContext, subnet?: string): Promise<{ engine: Engine }> {
  t.teardown(() => {
    nft('flush ruleset');
    ip(`link delete ${BRIDGE}`);
  });
  return { engine: await refusedEngine(t, subnet) };
}

function port(protocol: 'tcp' | 'udp', hostPort: number): PortBinding {
  return { protocol, containerPort: 80, hostPort, hostAddress: undefined };
}

/** An engine that makes nothing on the host. */
async function refusedEngine(t: ExecutionContext, subnet?: string): Promise<Engine> {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  const engine = await startEngine(root, { subnet });
  t.teardown(() => engine.stop());
  return engine;
}

test.serial('a device of another kind that has the name is left alone', async (t) => {
  ip(`link add ${BRIDGE} type veth peer name other`);
  t.teardown(() => ip(`link delete ${BRIDGE}`));
  const { manager } = await refusedEngine(t);
  const error = await t.throwsAsync(manager.allocate('a', []));
  t.like(error, { kind: 'conflict', message: `${BRIDGE} is no bridge, but another device of the host` });
  t.false(ip(`addr show ${BRIDGE}`).includes('inet'));
});

test.serial('a bridge that somebody else has made is left alone', async (t) => {
  ip(`link add ${BRIDGE} type bridge`);
  t.teardown(() => ip(`link delete ${BRIDGE}`));
  ip(`addr add 192.0.2.77/24 dev ${BRIDGE}`);
  ip(`link set ${BRIDGE} up`);
  const { manager } = await refusedEngine(t, '10.99.0.0/16');
  const error = await t.throwsAsync(manager.allocate('a', []));
  t.like(error, { kind: 'conflict', message: `the bridge ${BRIDGE} is not one that this engine has made` });
  t.deepEqual(ip(`-4 addr show ${BRIDGE}`).match(/inet \S+/g), ['inet 192.0.2.77/24']);
  t.is(nft('list tables'), '');
});

test.serial('a bridge of an engine whose root cannot be seen is left alone while a link is on it', async (t) => {
  ip(`link add ${BRIDGE} type bridge`);
  execFileSync('ip', ['link', 'set', BRIDGE, 'alias', 'gantry /nonexistent/root']);
  ip(`link add theirs master ${BRIDGE} type veth peer name other`);
  const { engine } = await engineFor(t, '10.99.0.0/16');
  const { manager } = engine;
  const error = await t.throwsAsync(manager.allocate('a', []));
  t.like(error, {
    kind: 'conflict',
    message: `the bridge ${BRIDGE} belongs to the engine of /nonexistent/root, whose containers use it`,
  });
  ip('link delete theirs');
  await t.notThrowsAsync(manager.allocate('a', []));
});

test.serial('a bridge without an alias is known by the gateway that the network had', async (t) => {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  t.teardown(() => {
    nft('flush ruleset');
    ip(`link delete ${BRIDGE}`);
  });
  const addresses = () => ip(`-4 addr show ${BRIDGE}`).match(/inet \S+/g);
  const before = await startEngine(root, { subnet: '10.99.0.0/16' });
  await before.manager.allocate('a', []);
  await before.manager.release('a');
  await before.stop();
  ip(`link set ${BRIDGE} alias `);
  const { manager, stop } = await startEngine(root, { subnet: '10.98.0.0/16' });
  t.teardown(stop);
  ip('link add lan type veth peer name router');
  ip('link set lan up');
  ip('route add 10.98.0.0/16 dev lan');
  await t.throwsAsync(manager.allocate('a', []), { message: /the subnet 10\.98\.0\.0\/16 overlaps a route/ });
  t.deepEqual(addresses(), ['inet 10.99.0.1/16']);
  ip('link delete lan');
  await t.notThrowsAsync(manager.allocate('a', []));
  t.deepEqual(addresses(), ['inet 10.98.0.1/16']);
  t.true(ip(`link show ${BRIDGE}`).includes(`alias gantry ${root}`));
});

test.serial('a link that vanishes while it is put on its bridge is passed over', (t) => {
  ip(`link add ${BRIDGE} type bridge`);
  t.teardown(() => ip(`link delete ${BRIDGE}`));
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  const { index = 0 } = findLink(socket, BRIDGE) ?? {};
  t.notThrows(() => putOnBridge(socket, index, { link: 'vethgone', isIsolated: false }));
  t.throws(() => putOnBridge(socket, index, { link: 'lo', isIsolated: false }), { message: /EINVAL|ELOOP|EOPNOTSUPP/ });
});

test.serial('a table whose comment is only as long as an engine makes it is left alone', async (t) => {
  nft(`add table inet ${BRIDGE} { comment "${'z'.repeat(32)}" ; }`);
  t.teardown(() => nft('flush ruleset'));
  const { manager } = await refusedEngine(t, '10.99.0.0/16');
  await t.throwsAsync(manager.allocate('a', []), { message: /is not one that this engine has made/ });
  t.regex(nft('list tables'), new RegExp(BRIDGE));
});

test.serial('a table that somebody else has made is left alone, in each family', async (t) => {
  nft(`add table inet ${BRIDGE}`);
  nft(`add chain inet ${BRIDGE} input { type filter hook input priority 0; policy accept; }`);
  nft(`add table ip ${BRIDGE}`);
  t.teardown(() => nft('flush ruleset'));
  const before = nft('list ruleset');
  const { manager } = await refusedEngine(t, '10.99.0.0/16');
  const error = await t.throwsAsync(manager.allocate('a', []));
  t.like(error, {
    kind: 'conflict',
    message: `the nftables table inet ${BRIDGE} is not one that this engine has made`,
  });
  t.is(nft('list ruleset'), before);
  t.false(ip('link').includes(BRIDGE));
});

test.serial('two engines with one bridge name: the second is told while containers of the first run', async (t) => {
  const { engine } = await engineFor(t, '10.99.0.0/16');
  const agent = new Agent();
  t.teardown(() => agent.end());
  await engine.manager.connect('a', await engine.manager.allocate('a', [port('tcp', 18095)]), agent.pid);
  const before = nft('list ruleset');
  const { manager } = await refusedEngine(t, '10.99.0.0/16');
  const error = await t.throwsAsync(manager.allocate('b', []));
  t.regex(error?.message ?? '', /belongs to the engine of .*, whose containers use it/);
  t.is(nft('list ruleset'), before);
  await engine.manager.release('a');
  await agent.end();
  t.truthy(await eventually(() => !ip('link').includes(`master ${BRIDGE}`)));
  await t.notThrowsAsync(manager.allocate('b', []), 'nobody uses it any more');
});

test.serial('a subnet that is the link of the host is refused before anything is made', async (t) => {
  ip('link add lan type veth peer name router');
  ip('addr add 203.0.113.7/24 dev lan');
  ip('link set lan up');
  t.teardown(() => ip('link delete lan'));
  const { manager } = await refusedEngine(t, '203.0.113.0/24');
  const error = await t.throwsAsync(manager.allocate('a', []));
  t.like(error, { kind: 'conflict', message: 'the subnet 203.0.113.0/24 overlaps a route of the host' });
  t.false(ip('link').includes(BRIDGE));
});

test.serial('a wide route by a router leaves room for a subnet in it, and many routes are no limit', async (t) => {
  ip('link add lan type veth peer name router');
  ip('addr add 203.0.113.7/24 dev lan');
  ip('link set lan up');
  ip('link set router up');
  ip('route add 10.0.0.0/8 via 203.0.113.1');
  t.teardown(() => ip('link delete lan'));
  const batch = Array.from({ length: 20_000 }, (_, n) => `route add blackhole 11.${n >> 8}.${n & 255}.0/24`);
  execFileSync('ip', ['-batch', '-'], { input: batch.join('\n') });
  t.teardown(() => ip('route flush root 11.0.0.0/8'));
  const { engine } = await engineFor(t, '10.99.0.0/16');
  await engine.manager.allocate('a', []);
  const site = { name: 'site', gateway: undefined, internal: false, labels: {} };
  const { id } = await engine.networks.create({ ...site, subnet: '10.123.0.0/24' });
  await engine.networks.remove(id);
  const error = await t.throwsAsync(engine.networks.create({ ...site, subnet: '11.0.0.0/16' }));
  t.is(error?.message, 'the subnet 11.0.0.0/16 overlaps a route of the host');
});

test.serial('a host whose way out carries less than IPv6 asks for: the default route of IPv4 says so', async (t) => {
  uplink(t, 1200);
  const { engine } = await engineFor(t);
  const agent = new Agent();
  t.teardown(() => agent.end());
  await engine.manager.connect('a', await engine.manager.allocate('a', []), agent.pid);
  t.regex(ip(`link show ${BRIDGE}`), /mtu 1280/);
  t.regex(agent.run('ip', 'route', 'show', 'default'), /mtu 1200/);
});

test.serial('a host that forwards for the sake of containers alone is no router between its links', async (t) => {
  const setting = '/proc/sys/net/ipv4/ip_forward';
  writeFileSync(setting, '0');
  t.teardown(() => writeFileSync(setting, '1'));
  const [left, right] = [new Agent(), new Agent()];
  for (const [agent, name, net] of [
    [left, 'left', '192.0.2'],
    [right, 'right', '198.51.100'],
  ] as const) {
    t.teardown(() => agent.end());
    ip(`link add ${name} type veth peer name eth0 netns ${agent.pid}`);
    ip(`addr add ${net}.1/24 dev ${name}`);
    ip(`link set ${name} up`);
    agent.run('ip', 'addr', 'add', `${net}.2/24`, 'dev', 'eth0');
    agent.run('ip', 'link', 'set', 'eth0', 'up');
    agent.run('ip', 'route', 'add', 'default', 'via', `${net}.1`);
  }
  await right.listen('tcp', 80, 'right');
  const { engine } = await engineFor(t, '10.99.0.0/16');
  await engine.manager.allocate('a', []);
  t.is(readFileSync(setting, 'latin1').trim(), '1');
  t.is(await left.call('tcp', '198.51.100.2', 80), 'silence');
  const container = new Agent();
  t.teardown(() => container.end());
  await engine.manager.connect('b', await engine.manager.allocate('b', [port('tcp', 18097)]), container.pid);
  await container.listen('tcp', 80, 'container');
  t.regex(await left.call('tcp', '192.0.2.1', 18097), /^container /);
  t.regex(await container.call('tcp', '198.51.100.2', 80), /^right /);
});
