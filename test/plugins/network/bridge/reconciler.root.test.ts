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
} from '../support/private-network.js';

enterPrivateNetwork();
ip('link add lan type veth peer name other');
ip('addr add 192.0.2.1/24 dev lan');
ip('link set lan up');

const BRIDGE = 'gnt0';
const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 18080 } as const;

/** A container that answers on a published port, and a daemon that looks after it. */
async function served(t: ExecutionContext): Promise<Engine> {
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
  const request = { protocol: 'tcp', containerPort: 80, hostPort: 18080, hostAddress: undefined } as const;
  await engine.manager.connect('web', await engine.manager.allocate('web', [request]), agent.pid);
  await agent.listen('tcp', 80, 'web');
  await engine.manager.reconcile(['web']);
  t.regex(await call(WEB), /^web /);
  return engine;
}

for (const [what, damage] of [
  ['all rules of the host are flushed', () => nft('flush ruleset')],
  ['our table is flushed, but stays', () => nft(`flush table inet ${BRIDGE}`)],
  ['one of our chains is flushed', () => nft(`flush chain inet ${BRIDGE} publish`)],
  ['the published ports are flushed', () => nft(`flush map inet ${BRIDGE} published`)],
  ['the bridge is deleted', () => ip(`link delete ${BRIDGE}`)],
  ['the bridge is set down', () => ip(`link set ${BRIDGE} down`)],
] as const) {
  test.serial(`repaired without a container's start: ${what}`, async (t) => {
    const { warnings } = await served(t);
    damage();
    t.notRegex(await call({ ...WEB }), /^web /);
    t.true(await eventually(async () => (await call(WEB)).startsWith('web ')));
    t.is(warnings.length, 1);
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
