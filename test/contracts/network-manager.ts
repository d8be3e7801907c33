import { execFileSync } from 'node:child_process';
import type { ExecutionContext, TestFn } from 'ava';
import type { NetworkManager, PortBinding } from '../../src/plugins/network/index.js';

/** What the suite needs of the implementation under test. All is taken away by the caller's `t.teardown`. */
export interface NetworkFixture {
  readonly manager: NetworkManager;
  /** Another process's view of the same engine, started after a crash of the first. */
  restart(): Promise<NetworkManager>;
  /** Starts a process in a new network namespace. @returns its pid */
  process(): Promise<number>;
}

/** What every NetworkManager must do, whatever carries the packets. */
export function networkManagerContract(test: TestFn, make: (t: ExecutionContext) => Promise<NetworkFixture>): void {
  const tcp = (containerPort: number, hostPort?: number, hostAddress?: string): PortBinding => ({
    protocol: 'tcp',
    containerPort,
    hostPort,
    hostAddress,
  });

  test.serial('contract: leases are distinct and complete', async (t) => {
    const { manager } = await make(t);
    const leases = await Promise.all(['a', 'b', 'c'].map((holder) => manager.allocate(holder, [])));
    t.is(new Set(leases.map(({ address }) => address)).size, 3);
    t.is(new Set(leases.map(({ macAddress }) => macAddress)).size, 3);
    for (const lease of leases) {
      t.regex(lease.macAddress, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      t.not(lease.address, lease.gateway);
      t.true(lease.prefixLength > 0 && lease.prefixLength < 32);
      t.deepEqual(lease.ports, []);
    }
  });

  test.serial(
    'contract: ports come back in the order of the requests, with what was left open filled in',
    async (t) => {
      const { manager } = await make(t);
      const { ports } = await manager.allocate('a', [tcp(80), tcp(81, 18081, '127.0.0.1'), tcp(82, 18082)]);
      const [picked, onLoopback, everywhere] = ports;
      t.like(picked, { containerPort: 80, hostAddress: '0.0.0.0' });
      t.true((picked?.hostPort ?? 0) >= 49153);
      t.deepEqual(onLoopback, { protocol: 'tcp', containerPort: 81, hostPort: 18081, hostAddress: '127.0.0.1' });
      t.like(everywhere, { protocol: 'tcp', containerPort: 82, hostPort: 18082, hostAddress: '0.0.0.0' });
    },
  );

  test.serial('contract: a port is given once, and a refused request leaves nothing behind', async (t) => {
    const { manager } = await make(t);
    await manager.allocate('a', [tcp(80, 18080)]);
    const refused = await t.throwsAsync(manager.allocate('b', [tcp(80, 18088), tcp(80, 18080)]));
    t.like(refused, { kind: 'unavailable', message: 'Bind for 0.0.0.0:18080 failed: port is already allocated' });
    await t.notThrowsAsync(manager.allocate('c', [tcp(80, 18088)]));
  });

  test.serial('contract: release frees, and may be repeated', async (t) => {
    const { manager } = await make(t);
    await manager.allocate('a', [tcp(80, 18080)]);
    await manager.release('a');
    await manager.release('a');
    await manager.release('nobody');
    await t.notThrowsAsync(manager.allocate('b', [tcp(80, 18080)]));
  });

  test.serial('contract: a holder that allocates again gives its old lease back', async (t) => {
    const { manager } = await make(t);
    await manager.allocate('a', [tcp(80, 18080)]);
    const { ports } = await manager.allocate('a', [tcp(81, 18080)]);
    t.like(ports, { 0: { containerPort: 81, hostPort: 18080 }, length: 1 });
  });

  test.serial('contract: connect gives the process an interface, its address and a default route', async (t) => {
    const { manager, process } = await make(t);
    const pid = await process();
    const lease = await manager.allocate('a', []);
    await manager.connect('a', lease, pid);
    const inside = (...argv: string[]): string =>
      execFileSync('nsenter', ['-t', `${pid}`, '-n', 'ip', ...argv], { encoding: 'utf8' });
    const [eth0] = JSON.parse(inside('-j', 'address', 'show', 'eth0'));
    t.true(eth0.flags.includes('UP'));
    t.is(eth0.address, lease.macAddress);
    const addresses = eth0.addr_info.filter(({ family }: { family: string }) => family === 'inet');
    t.like(addresses, { 0: { local: lease.address, prefixlen: lease.prefixLength }, length: 1 });
    t.true(inside('link', 'show', 'lo').includes('LOOPBACK,UP'));
    t.like(JSON.parse(inside('-j', 'route', 'show', 'default')), { 0: { gateway: lease.gateway, dev: 'eth0' } });
  });

  test.serial('contract: a process that has ended cannot be connected', async (t) => {
    const { manager } = await make(t);
    const lease = await manager.allocate('a', []);
    t.like(await t.throwsAsync(manager.connect('a', lease, 2 ** 22 + 1)), { kind: 'unavailable' });
  });

  test.serial('contract: after a crash, reconcile keeps the living and frees the others', async (t) => {
    const { manager, restart } = await make(t);
    const kept = await manager.allocate('living', [tcp(80, 18080)]);
    await manager.allocate('lost', [tcp(80, 18081)]);
    const next = await restart();
    await next.reconcile(['living']);
    t.like(await t.throwsAsync(next.allocate('c', [tcp(80, 18080)])), { kind: 'unavailable' });
    const { address } = await next.allocate('d', [tcp(80, 18081)]);
    t.not(address, kept.address);
  });

  test.serial('contract: describe tells names before and after the first use', async (t) => {
    const { manager } = await make(t);
    t.truthy((await manager.describe()).bridge);
    await manager.allocate('a', []);
    t.regex((await manager.describe()).subnet, /^\d+\.\d+\.\d+\.\d+\/\d+$/);
  });
}
