import test from 'ava';
import { bridgePrefix } from '../../../../src/plugins/network/bridge/orphans.js';
import { Agent, enterPrivateNetwork, ip, nft, startEngine, temporaryRoot } from '../support/private-network.js';

enterPrivateNetwork();

test.serial('what does not belong is told, and nothing else', async (t) => {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  const { manager, networks, database, stop } = await startEngine(root, { subnet: '10.99.0.0/16', daemon: false });
  t.teardown(stop);
  t.deepEqual(await manager.orphans([]), [], 'before the first use');

  const agent = new Agent();
  t.teardown(() => agent.end());
  const site = { name: 'site', subnet: undefined, gateway: undefined, internal: false, labels: {} };
  await networks.create(site);
  const ports = [undefined, '127.0.0.1', '::1', '::'].map((hostAddress, index) => {
    return { protocol: 'tcp', containerPort: 80, hostPort: 18080 + index, hostAddress } as const;
  });
  await manager.connect('web', await manager.allocate('web', ports), agent.pid);
  t.deepEqual(await manager.orphans(['web']), []);

  ip(`link add ${bridgePrefix({ root })}lost type bridge`);
  await networks.create({ ...site, name: 'own', bridge: 'br-own' });
  database.prepare("DELETE FROM network WHERE name = 'own'").run();
  ip('link add vethlost master gnt0 type veth peer name other');
  nft('add element inet gnt0 published { tcp . 18090 : 10.99.0.9 . 80 }');
  t.deepEqual(await manager.orphans(['web']), [
    `bridge ${bridgePrefix({ root })}lost`,
    'bridge br-own',
    'link vethlost',
    'published port published tcp . 18090 : 10.99.0.9 . 80',
  ]);
  const [address, ...rest] = await manager.orphans([]);
  t.is(address, 'address 10.99.0.2 of container web');
  t.is(rest[0], 'port 18080/tcp of container web');

  await manager.reconcile([]);
  const left = await manager.orphans([]);
  t.true(left.includes('link vethlost'));
  t.false(
    left.some((line) => /^(address|port|published)/.test(line)),
    left.join(', '),
  );
});
