import { constants } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import type { PortBinding } from '../../../../src/plugins/network/contracts/index.js';
import { PortAllocator, refuseTakenPorts } from '../../../../src/plugins/network/records/port-allocator.js';
import { networkDatabase } from '../support/private-network.js';

const { EADDRINUSE, EADDRNOTAVAIL } = constants.errno;

async function tableWith(t: ExecutionContext, probe: (port: number) => number): Promise<PortAllocator> {
  return new PortAllocator(await networkDatabase(t), (_protocol, _address, port) => probe(port));
}

function wanted(hostPort?: number, hostAddress?: string, protocol: 'tcp' | 'udp' = 'tcp'): PortBinding {
  return { protocol, containerPort: 80, hostPort, hostAddress };
}

test('picked ports start at 49153, go round, and step over foreign listeners', async (t) => {
  const table = await tableWith(t, (port) => (port === 49154 ? EADDRINUSE : 0));
  const pick = (holder: string): number[] => table.allocate(holder, [wanted()]).map(({ hostPort }) => hostPort);
  t.deepEqual([...pick('a'), ...pick('b')], [49153, 49155]);
  table.release('a');
  t.deepEqual(pick('c'), [49156]);
});

test('a fixed port is served before a picked one could take it', async (t) => {
  const table = await tableWith(t, () => 0);
  const ports = table.allocate('a', [wanted(), wanted(49153), wanted()]);
  t.deepEqual(
    ports.map(({ hostPort }) => hostPort),
    [49154, 49153, 49155],
  );
});

test('when no port can be picked, it says so', async (t) => {
  const table = await tableWith(t, () => EADDRINUSE);
  t.like(
    t.throws(() => table.allocate('a', [wanted()])),
    { kind: 'unavailable', message: 'all ports are allocated' },
  );
});

const taken = (address: string): string => `Bind for ${address}:8080 failed: port is already allocated`;
const collisions: [first: string | undefined, second: string | undefined, message: string | undefined][] = [
  [undefined, undefined, taken('0.0.0.0')],
  ['0.0.0.0', '127.0.0.1', taken('127.0.0.1')],
  ['127.0.0.1', undefined, taken('0.0.0.0')],
  ['127.0.0.1', '127.0.0.1', taken('127.0.0.1')],
  ['127.0.0.1', '127.0.0.2', undefined],
  [undefined, '::1', 'Bind for [::1]:8080 failed: port is already allocated'],
  ['::', undefined, taken('0.0.0.0')],
  ['::', '2001:db8:0::1', 'Bind for [2001:db8::1]:8080 failed: port is already allocated'],
  ['0:0:0:0:0:0:0:1', '::1', 'Bind for [::1]:8080 failed: port is already allocated'],
  ['::ffff:127.0.0.1', '127.0.0.1', taken('127.0.0.1')],
  ['::', '0.0.0.0', undefined],
  ['::1', '127.0.0.1', undefined],
];

for (const [first, second, message] of collisions) {
  test(`8080 on ${first}, then on ${second}`, async (t) => {
    const table = await tableWith(t, () => 0);
    table.allocate('a', [wanted(8080, first)]);
    table.allocate('b', [wanted(8080, first, 'udp')]);
    const again = (): unknown => table.allocate('c', [wanted(8080, second)]);
    if (message === undefined) t.notThrows(again);
    else t.like(t.throws(again), { kind: 'unavailable', message });
  });
}

test('a request collides with another of the same container', async (t) => {
  const table = await tableWith(t, () => 0);
  t.like(
    t.throws(() => table.allocate('a', [wanted(8080), wanted(8080)])),
    { message: taken('0.0.0.0') },
  );
});

test('a port whose rules are being removed is not free yet', async (t) => {
  const table = await tableWith(t, () => 0);
  table.allocate('a', [wanted(8080)]);
  table.close('a');
  t.throws(() => table.allocate('b', [wanted(8080)]));
  table.release('a');
  t.notThrows(() => table.allocate('b', [wanted(8080)]));
});

test('what is no address is refused', async (t) => {
  const table = await tableWith(t, () => 0);
  for (const address of ['', '1.2.3', '[::1]', 'fe80::1%lo', '0.0.0.0 }; flush ruleset']) {
    t.like(
      t.throws(() => table.allocate('a', [wanted(8080, address)])),
      { kind: 'invalid' },
    );
  }
});

test('an address that the host does not have', async (t) => {
  const table = await tableWith(t, () => EADDRNOTAVAIL);
  for (const port of [8080, undefined]) {
    const error = t.throws(() => table.allocate('a', [wanted(port, '192.0.2.77')]));
    t.regex(error.message, /^Bind for 192\.0\.2\.77:\d+ failed: cannot assign requested address$/);
  }
});

const held = { protocol: 'tcp', containerPort: 1, hostPort: 8080, hostAddress: '127.0.0.1' } as const;

for (const [what, request, message] of [
  ['a port that a container holds', wanted(8080), taken('0.0.0.0')],
  ['a port of a foreign listener of IPv6', wanted(6060), 'Bind for 0.0.0.0:6060 failed: port is already allocated'],
  ['a port of a foreign listener', wanted(9090), 'Bind for 0.0.0.0:9090 failed: port is already allocated'],
] as const) {
  test(`a plan is refused ${what}`, (t) => {
    const probe = (_protocol: string, address: string, port: number): number =>
      port === 9090 || (port === 6060 && address === '::') ? EADDRINUSE : 0;
    t.like(
      t.throws(() => refuseTakenPorts([wanted(7070), request], [held], probe)),
      { kind: 'unavailable', message },
    );
  });
}

test('a plan is not refused ports that are free, or will be picked', (t) => {
  const free = [wanted(), wanted(8080, '127.0.0.2'), wanted(8080, undefined, 'udp'), wanted(7070)];
  t.notThrows(() => refuseTakenPorts(free, [held], () => 0));
});
