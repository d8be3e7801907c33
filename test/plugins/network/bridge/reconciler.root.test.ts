import { writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../../../support/engine.js';
import { call } from '../support/peers.js';
import {
  Agent,
  type Engine,
  enterPrivateNetwork,
  ip,
  nft,
  startEngine,
  temporaryRoot,
  withNft,
} from '../support/private-network.js';

enterPrivateNetwork();
ip('link add lan type veth peer name other');
ip('addr add 192.0.2.1/24 dev lan');
ip('link set lan up');

const BRIDGE = 'gnt0';
const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 18080 } as const;

/** A container that answers on a published port, and a daemon that looks after it. */
async function served(t: ExecutionContext): Promise<Engine & { readonly agent: Agent }> {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  const engine = await startEngine(root, { subnet: '10.99.0.0/16' });
  t.teardown(async () => {
    await engine.stop();
    nft('flush ruleset');
    ip(`link delete ${BRIDGE}`);
  });
  const agent = new Agent();
  t.teardown(() => agent.end());
  engine.manager.registerEndpoints({ id: 'web', hosts: `${root}/hosts` }, [{ network: 'bridge', names: ['web'] }]);
  const request = { protocol: 'tcp', containerPort: 80, hostPort: 18080, hostAddress: undefined } as const;
  await engine.manager.connect('web', await engine.manager.allocate('web', [request]), agent.pid);
  await agent.listen('tcp', 80, 'web');
  await engine.manager.reconcile(['web']);
  t.regex(await call(WEB), /^web /);
  return { ...engine, agent };
}

for (const [what, damage] of [
  ['all rules of the host are flushed', () => nft('flush ruleset')],
  ['our table is flushed, but stays', () => nft(`flush table inet ${BRIDGE}`)],
  ['one of our chains is flushed', () => nft(`flush chain inet ${BRIDGE} publish`)],
  ['the published ports are flushed', () => nft(`flush map inet ${BRIDGE} published`)],
  ['the bridge is deleted', () => ip(`link delete ${BRIDGE}`)],
  ['a link is taken off its bridge', () => ip(`link set ${/veth[0-9a-f]{8}/.exec(ip('link'))?.[0]} nomaster`)],
  ['the bridge is set down', () => ip(`link set ${BRIDGE} down`)],
] as const) {
  test.serial(`repaired without a container's start: ${what}`, async (t) => {
    const { warnings } = await served(t);
    damage();
    t.notRegex(await call({ ...WEB }), /^web /);
    t.true(await eventually(async () => (await call(WEB)).startsWith('web ')));
    t.truthy(await eventually(() => warnings.length === 1));
    t.regex(warnings[0] ?? '', /another program changed/);
  });
}

test.serial('what is whole is left alone, whatever others change', async (t) => {
  const { warnings } = await served(t);
  const before = nft(`-a list table inet ${BRIDGE}`);
  for (let round = 0; round < 4; round++) {
    nft('add table ip theirs');
    await new Promise((resolve) => setTimeout(resolve, 700));
    nft('delete table ip theirs');
  }
  t.is(nft(`-a list table inet ${BRIDGE}`), before, 'the very same handles');
  t.deepEqual(warnings, []);
});

test.serial(
  'a firewall of others that drops what is forwarded is told, with what helps, until it lets us through',
  async (t) => {
    const { manager, warnings } = await served(t);
    const told = async (): Promise<readonly string[]> => (await manager.describe()).warnings;
    t.deepEqual(await told(), []);
    nft('add table ip filter');
    nft('add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }');
    const [warning = '', ...more] = await told();
    t.regex(
      warning,
      /the chain FORWARD of the table ip filter drops .* on gnt0 .* iptables -I FORWARD -i gnt0 -j ACCEPT/,
    );
    t.deepEqual(more, []);
    await eventually(() => warnings.length === 1);
    nft('add chain ip filter DOCKER-USER');
    t.regex((await told())[0] ?? '', /iptables -I DOCKER-USER -o gnt0 -j ACCEPT/);
    nft(`add rule ip filter DOCKER-USER iifname ${BRIDGE} accept`);
    t.deepEqual(await told(), []);
  },
);

test.serial('a chain whose last rule drops or rejects the rest is told as well, as that of firewalld', async (t) => {
  const { manager } = await served(t);
  nft('add table inet firewalld');
  nft('add chain inet firewalld filter_FORWARD { type filter hook forward priority 10; policy accept; }');
  nft('add rule inet firewalld filter_FORWARD ct state established,related accept');
  const told = async (): Promise<readonly string[]> => (await manager.describe()).warnings;
  nft(`add table inet neighbour { comment "${'0'.repeat(32)} /elsewhere" ; }`);
  nft('add chain inet neighbour forward { type filter hook forward priority 0; policy accept; }');
  nft('add rule inet neighbour forward drop');
  t.deepEqual(await told(), [], "another engine's table is about its own bridges");
  nft('add rule inet firewalld filter_FORWARD reject with icmpx type admin-prohibited');
  t.regex(
    (await told())[0] ?? '',
    /filter_FORWARD of the table inet firewalld drops .*zone=trusted --add-interface=gnt0/,
  );
});

test.serial('when the host begins to forward IPv6, containers that run get a way out', async (t) => {
  const setting = '/proc/sys/net/ipv6/conf/all/forwarding';
  writeFileSync(setting, '0');
  t.teardown(() => writeFileSync(setting, '1'));
  const { agent, manager, warnings } = await served(t);
  const late = new Agent();
  t.teardown(() => late.end());
  manager.registerEndpoints({ id: 'late', hosts: '/nonexistent/hosts' }, [{ network: 'bridge', names: [] }]);
  await manager.connect('late', await manager.allocate('late', []), late.pid);
  agent.run('ip', 'link', 'set', 'eth0', 'down');
  const routes = (): string => late.run('ip', '-6', 'route', 'show', 'default');
  t.is(routes(), '');
  t.false(nft(`list chain inet ${BRIDGE} prerouting`).includes('publish6'));
  writeFileSync(setting, '1');
  t.truthy(await eventually(() => routes() !== ''));
  t.truthy(await eventually(() => nft(`list chain inet ${BRIDGE} prerouting`).includes('publish6')));
  t.regex(warnings[0] ?? '', /the default route of container web stays/, 'it keeps no other from its own');
});

test.serial(
  'a link that is put back is kept from others as before, and whoever takes it off is told once',
  async (t) => {
    const { networks, warnings } = await served(t);
    const site = { name: 'site', subnet: '10.97.0.0/24', gateway: undefined, internal: false, labels: {} };
    const { id, bridge } = await networks.create({ ...site, notes: { isolated: true } });
    await networks.join('web', { network: id, names: [] });
    t.teardown(async () => {
      await networks.leave('web', id);
      await networks.remove(id);
    });
    const port = (): string => ip(`-d link show master ${bridge}`);
    t.regex(port(), /hairpin on .*isolated on /);
    const link = /veth[0-9a-f]{8}/.exec(port())?.[0];
    ip(`link set ${link} nomaster`);
    t.truthy(await eventually(() => port() !== ''));
    t.regex(port(), /hairpin on .*isolated on /);
    t.truthy(await eventually(() => warnings.length === 1));
    t.regex(warnings[0] ?? '', new RegExp(`another program changed the links of the bridge ${bridge}`));
  },
);

test.serial('a foreign route over a subnet is told once, and keeps nothing else from being repaired', async (t) => {
  const { manager, networks, warnings } = await served(t);
  const site = { name: 'site', subnet: '10.97.0.0/24', gateway: undefined, internal: false, labels: {} };
  const { id, bridge } = await networks.create(site);
  const hosts = { id: 'other', hosts: '/nonexistent/hosts' };
  manager.registerEndpoints(hosts, [{ network: id, names: [] }]);
  await manager.allocate('other', []);
  t.teardown(async () => {
    await manager.release('other');
    await networks.remove(id);
  });
  const before = nft(`-a list table inet ${BRIDGE}`);
  ip('link add tun9 type veth peer name far9');
  ip('link set tun9 up');
  ip('route add 10.99.0.0/24 dev tun9');
  t.truthy(await eventually(() => warnings.length > 0));
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /out of use: another route of the host takes the subnet 10\.99\.0\.0\/16/);
  ip(`link set ${bridge} down`);
  t.truthy(await eventually(() => ip(`link show ${bridge}`).includes(',UP')));
  t.is(nft(`-a list table inet ${BRIDGE}`), before, 'the very same handles');
  t.is(warnings.filter((one) => one.includes('out of use')).length, 1);
  await t.notThrowsAsync(manager.reconcile(['web', 'other']), 'a daemon starts all the same');
  ip('link delete tun9');
  t.regex(await call(WEB), /^web /);
});

test.serial('the addresses of IPv6 come back, the link-local one too', async (t) => {
  const { warnings } = await served(t);
  const before = ip(`-6 addr show ${BRIDGE}`)
    .match(/inet6 \S+/g)
    ?.sort();
  t.is(before?.length, 2);
  ip(`-6 addr flush dev ${BRIDGE}`);
  t.truthy(await eventually(() => ip(`-6 addr show ${BRIDGE}`).match(/inet6 \S+/g)?.length === 2));
  t.deepEqual(
    ip(`-6 addr show ${BRIDGE}`)
      .match(/inet6 \S+/g)
      ?.sort(),
    before,
  );
  t.is(warnings.length, 1);
});

test.serial('a port that leads elsewhere, and a rule in the place of another, are seen', async (t) => {
  await served(t);
  const right = nft(`list map inet ${BRIDGE} published`);
  nft(`delete element inet ${BRIDGE} published { tcp . 18080 }`);
  nft(`add element inet ${BRIDGE} published { tcp . 18080 : 10.99.0.77 . 80 }`);
  t.truthy(await eventually(() => nft(`list map inet ${BRIDGE} published`) === right));
  const handle = /daddr 127\.0\.0\.0\/8 drop # handle (\d+)/.exec(nft(`-a list chain inet ${BRIDGE} guard`))?.[1];
  nft(`replace rule inet ${BRIDGE} guard handle ${handle} counter`);
  t.truthy(await eventually(() => !nft(`list chain inet ${BRIDGE} guard`).includes('counter')));
});

test.serial('an nft that does not come back holds up nobody, and is told', async (t) => {
  const { manager, networks } = await served(t);
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  await withNft(root, 'exec sleep 30', async () => {
    const site = { name: 'site', subnet: '10.97.0.0/24', gateway: undefined, internal: false, labels: {} };
    const failed = t.throwsAsync(networks.create(site));
    manager.rename('web', 'web', 'site');
    t.is(networks.list().length, 2, 'rows are read and written meanwhile');
    t.regex((await failed)?.message ?? '', /nft has not ended within 10 seconds/);
  });
  t.is(networks.list().length, 1);
  t.regex(await call(WEB), /^web /);
});
