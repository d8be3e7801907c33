import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import type { Lease, PortBinding } from '../../../../src/plugins/network/index.js';
import { networkManagerContract } from '../../../contracts/network-manager.js';
import { listen } from '../support/peers.js';
import {
  Agent,
  type Engine,
  enterPrivateNetwork,
  ip,
  nft,
  startEngine,
  temporaryRoot,
  uplink,
  withNft,
} from '../support/private-network.js';

enterPrivateNetwork();

const BRIDGE = 'gnt0';

async function engineFor(t: ExecutionContext, subnet?: string): Promise<{ engine: Engine; root: string }> {
  const { root, remove } = temporaryRoot();
  t.teardown(() => {
    nft(`delete table inet ${BRIDGE}`);
    ip(`link delete ${BRIDGE}`);
  });
  t.teardown(remove);
  const engine = await startEngine(root, { subnet });
  t.teardown(() => engine.stop());
  return { engine, root };
}

function port(protocol: 'tcp' | 'udp', hostPort?: number, hostAddress?: string): PortBinding {
  return { protocol, containerPort: 80, hostPort, hostAddress };
}

networkManagerContract(test, async (t) => {
  const { engine, root } = await engineFor(t);
  return {
    manager: engine.manager,
    restart: async () => {
      const next = await startEngine(root);
      t.teardown(() => next.stop());
      return next.manager;
    },
    process: async () => {
      const agent = new Agent();
      t.teardown(() => agent.end());
      return agent.pid;
    },
  };
});

test.serial('nothing is made before the first lease', async (t) => {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  const { manager, stop } = await startEngine(root);
  await manager.reconcile([]);
  await manager.describe();
  await stop();
  t.is(nft('list tables'), '');
  t.false(ip('link').includes(BRIDGE));
});

test.serial('the subnet collides with no route of the host, and is remembered', async (t) => {
  ip('route add blackhole 10.213.128.0/17');
  ip('route add blackhole 10.214.0.0/15');
  ip('route add blackhole 0.0.0.0/1');
  t.teardown(() => ip('route flush type blackhole'));
  const { engine, root } = await engineFor(t);
  t.is((await engine.manager.allocate('a', [])).address, '10.216.0.2');
  ip('route flush type blackhole');
  const next = await startEngine(root);
  t.teardown(() => next.stop());
  t.is((await next.manager.allocate('b', [])).address, '10.216.0.3');
});

test.serial('a configured subnet replaces the remembered one as soon as nobody holds an address', async (t) => {
  const { engine, root } = await engineFor(t);
  await engine.manager.allocate('a', []);
  const next = await startEngine(root, { subnet: '10.99.7.9/24' });
  t.teardown(() => next.stop());
  t.like(await t.throwsAsync(next.manager.allocate('b', [])), { kind: 'conflict' });
  await next.manager.release('a');
  const lease = await next.manager.allocate('b', []);
  t.like(lease, { address: '10.99.7.2', gateway: '10.99.7.1', prefixLength: 24 });
});

test.serial('250 containers in one /24', async (t) => {
  const { engine } = await engineFor(t, '10.99.0.0/24');
  const { manager } = engine;
  const leases: Lease[] = [];
  for (let index = 0; index < 250; index++) leases.push(await manager.allocate(`h${index}`, []));
  t.is(new Set(leases.map(({ address }) => address)).size, 250);
  for (let index = 0; index < 3; index++) await manager.allocate(`last${index}`, []);
  const error = await t.throwsAsync(manager.allocate('none', []));
  t.like(error, { kind: 'unavailable', message: 'No more IP addresses available' });
  await manager.release('h100');
  const { address } = await manager.allocate('next', []);
  t.is(leases[100]?.address, address);
});

test.serial('four processes that start at once make one bridge and never give anything twice', async (t) => {
  const { root } = await engineFor(t);
  const workers = Array.from({ length: 4 }, (_, index) =>
    fork(new URL('../support/allocating-process.js', import.meta.url), [root, `worker${index}`], { execArgv: [] }),
  );
  const answers = (await Promise.all(workers.map(answerOf))).flat();
  t.is(answers.length, 40);
  t.is(new Set(answers.map(({ address }) => address)).size, 40);
  t.is(new Set(answers.map(({ port }) => port)).size, 40);
  t.is(elements().length, 0);
});

async function answerOf(worker: ChildProcess): Promise<{ address: string; port: number }[]> {
  const [[answer]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return answer;
}

test.serial('a port that a program of the host listens on is refused, for its protocol alone', async (t) => {
  const { engine } = await engineFor(t);
  for (const protocol of ['tcp', 'udp'] as const) {
    const other = protocol === 'tcp' ? 'udp' : 'tcp';
    const close = await listen({ protocol, address: '127.0.0.1', port: 18070 }, 'foreign');
    const error = await t.throwsAsync(engine.manager.allocate('a', [port(protocol, 18070)]));
    t.like(error, { kind: 'unavailable', message: 'Bind for 0.0.0.0:18070 failed: port is already allocated' });
    await t.notThrowsAsync(engine.manager.allocate('a', [port(other, 18070)]));
    await t.notThrowsAsync(engine.manager.allocate('a', [port(protocol, 18070, '127.0.0.2')]));
    close();
    await t.notThrowsAsync(engine.manager.allocate('a', [port(protocol, 18070)]));
  }
});

test.serial('ports are elements: five hundred of them add no rule', async (t) => {
  const { engine } = await engineFor(t);
  const { manager } = engine;
  const agent = new Agent();
  t.teardown(() => agent.end());
  await manager.allocate('none', []);
  const rulesBefore = rules();
  const requests = Array.from({ length: 500 }, () => port('tcp'));
  await manager.connect('many', await manager.allocate('many', requests), agent.pid);
  t.is(elements().length, 1000, 'one for IPv4, one for IPv6');
  t.deepEqual(rules(), rulesBefore);
  await manager.release('many');
  t.deepEqual(elements(), []);
});

test.serial('a smaller MTU on the way to the world is the MTU of bridge and containers', async (t) => {
  uplink(t, 1400);
  const { engine } = await engineFor(t);
  const agent = new Agent();
  t.teardown(() => agent.end());
  await engine.manager.connect('a', await engine.manager.allocate('a', []), agent.pid);
  t.regex(ip(`link show ${BRIDGE}`), /mtu 1400/);
  t.regex(agent.run('ip', 'link', 'show', 'eth0'), /mtu 1400/);
});

test.serial('packets between containers may be larger than those to the world', async (t) => {
  const { root, remove } = temporaryRoot();
  t.teardown(() => {
    nft(`delete table inet ${BRIDGE}`);
    ip(`link delete ${BRIDGE}`);
  });
  t.teardown(remove);
  const { manager, networks, stop } = await startEngine(root, { subnet: '10.99.0.0/16', mtu: 65_535 });
  t.teardown(stop);
  const agent = new Agent();
  t.teardown(() => agent.end());
  const site = { name: 'site', subnet: '10.98.0.0/24', gateway: undefined, internal: false, labels: {} };
  await networks.create({ ...site, mtu: 9000 });
  t.is(networks.get('site').mtu, 9000);
  t.teardown(() => networks.remove('site'));
  manager.registerEndpoints(
    { id: 'a', hosts: '' },
    ['bridge', 'site'].map((network) => ({ network, names: [] })),
  );
  await manager.connect('a', await manager.allocate('a', []), agent.pid);
  t.regex(agent.run('ip', 'link', 'show', 'eth0'), /mtu 65535/);
  t.regex(agent.run('ip', 'link', 'show', 'eth1'), /mtu 9000/);
  t.regex(agent.run('ip', 'route', 'show', 'default'), /via 10\.99\.0\.1 .*mtu 1500/);
  await networks.leave('a', 'bridge');
  t.regex(agent.run('ip', 'route', 'show', 'default'), /via 10\.98\.0\.1 .*mtu 1500/);
  await manager.release('a');
  for (const mtu of [0, 1279, 65_536, 1500.5, Number.NaN]) {
    const other = { ...site, name: 'other', mtu, ipv6Subnet: 'fd98::/64' };
    t.like(await t.throwsAsync(networks.create(other)), { kind: 'invalid' });
    t.like(await t.throwsAsync(startEngine(root, { mtu })), { kind: 'invalid', message: `invalid MTU: ${mtu}` });
  }
});

test.serial('a process of the host itself is never linked', async (t) => {
  const { engine } = await engineFor(t);
  const error = await t.throwsAsync(engine.manager.connect('a', await engine.manager.allocate('a', []), process.pid));
  t.like(error, { kind: 'unavailable', message: 'container a ended before it had a network' });
  t.false(ip('link').includes('eth0'));
});

test.serial('a name that cannot be a bridge is refused at start', async (t) => {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  for (const bridge of ['', 'a b', 'sixteen-letters-', '-x', 'a;flush ruleset']) {
    t.like(await t.throwsAsync(startEngine(root, { bridge })), { kind: 'invalid' });
  }
});

test.serial('a process that ends takes its link along', async (t) => {
  const { engine } = await engineFor(t);
  const agent = new Agent();
  await engine.manager.connect('a', await engine.manager.allocate('a', []), agent.pid);
  t.true(ip('link').includes(' veth'));
  await agent.end();
  while (ip('link').includes(' veth')) await new Promise((resolve) => setTimeout(resolve, 20));
  t.pass();
});

function rules(): string[] {
  return listed()
    .filter((entry) => 'rule' in entry)
    .map((entry) => JSON.stringify(entry['rule']));
}

function elements(): unknown[] {
  return listed().flatMap((entry) => {
    const map = entry['map'] as { name: string; elem?: unknown[] } | undefined;
    return map?.name.startsWith('published') ? (map.elem ?? []) : [];
  });
}

function listed(): Record<string, unknown>[] {
  return JSON.parse(nft(`-j list table inet ${BRIDGE}`)).nftables;
}

test.serial('what could not be released is released later, unless it is in use again', async (t) => {
  const { engine, root } = await engineFor(t);
  const { manager } = engine;
  const agent = new Agent();
  t.teardown(() => agent.end());
  await manager.connect('a', await manager.allocate('a', [port('tcp', 18090)]), agent.pid);
  await withNft(root, 'echo "Error: out of order" >&2; exit 1', async () => {
    t.like(await t.throwsAsync(manager.release('a')), { message: 'nft failed: Error: out of order' });
    await t.throwsAsync(manager.releaseStale(() => new Set()));
    t.is(manager.releaseFailure(), 'nft failed: Error: out of order');
  });
  t.deepEqual(manager.leaseHolders(), ['a']);
  await manager.releaseStale(() => new Set(['a']));
  t.deepEqual(manager.leaseHolders(), ['a']);
  await manager.releaseStale(() => new Set(['b']));
  t.deepEqual([manager.leaseHolders(), manager.releaseFailure()], [[], undefined]);
  t.deepEqual(
    (await manager.orphans([])).filter((orphan) => !orphan.startsWith('link ')),
    [],
  );
  await t.notThrowsAsync(manager.allocate('b', [port('tcp', 18090)]));
});
