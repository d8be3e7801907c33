import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { flushConntrack } from '../../../../src/plugins/network/host/conntrack.js';
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
} from '../support/private-network.js';

enterPrivateNetwork();
// Addresses of the host that no device has.
ip('route add local 198.18.0.0/24 dev lo');

const NEIGHBOUR = '192.0.2.9';
const dns = (hostAddress?: string): PortBinding => ({
  protocol: 'udp',
  containerPort: 53,
  hostPort: 18053,
  hostAddress,
});
const neighbour = new Agent();

test.before(async () => {
  ip(`link add lan type veth peer name eth0 netns ${neighbour.pid}`);
  ip('addr add 192.0.2.1/24 dev lan');
  ip('link set lan up');
  neighbour.run('ip', 'addr', 'add', `${NEIGHBOUR}/24`, 'dev', 'eth0');
  neighbour.run('ip', 'link', 'set', 'eth0', 'up');
  await neighbour.listen('udp', 18053, 'neighbour');
});
test.after.always(() => neighbour.end());

async function engineFor(t: ExecutionContext): Promise<Engine> {
  const { root, remove } = temporaryRoot();
  t.teardown(remove);
  const engine = await startEngine(root, { subnet: '10.99.0.0/16' });
  t.teardown(async () => {
    await engine.stop();
    nft('flush ruleset');
    ip('link delete gnt0');
  });
  return engine;
}

async function started(t: ExecutionContext, { manager }: Engine, id: string, hostAddress?: string): Promise<void> {
  const agent = new Agent();
  t.teardown(() => agent.end());
  await manager.connect(id, await manager.allocate(id, [dns(hostAddress)]), agent.pid);
  await agent.listen('udp', 53, id, '::');
}

/** A client that never closes its socket, and never pauses for long: its flow is never forgotten for its age. */
class Client {
  readonly #socket: Socket;
  readonly #address: string;
  #timer: NodeJS.Timeout | undefined;
  #last = '';

  constructor(t: ExecutionContext, address: string) {
    this.#address = address;
    this.#socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    this.#socket.on('message', (answer) => {
      [this.#last = ''] = String(answer).split(' ');
    });
    // A refusal of a port nobody listens on.
    this.#socket.on('error', () => undefined);
    t.teardown(() => {
      clearInterval(this.#timer);
      this.#socket.close();
    });
  }

  async start(): Promise<void> {
    this.#socket.bind();
    await once(this.#socket, 'listening');
    this.#timer = setInterval(() => this.#socket.send('?', 18053, this.#address), 20);
  }

  answered(by: string): Promise<true> {
    this.#last = '';
    return eventually(() => this.#last === by && true);
  }
}

for (const [address, bound] of [
  ['127.0.0.1', undefined],
  ['192.0.2.1', undefined],
  ['192.0.2.1', '192.0.2.1'],
  ['198.18.0.5', undefined],
  ['::1', undefined],
  ['::1', '::1'],
] as const) {
  test.serial(
    `a client that sends to ${address} without a pause is heard by whoever publishes on ${bound}`,
    async (t) => {
      const engine = await engineFor(t);
      const client = new Client(t, address);
      await engine.manager.allocate('makes the rules', []);
      await client.start();
      await started(t, engine, 'first', bound);
      t.true(await client.answered('first'), 'although it sent before the port was published');
      await engine.manager.release('first');
      await started(t, engine, 'second', bound);
      t.true(await client.answered('second'));
      await engine.manager.reconcile([]);
      await started(t, engine, 'third', bound);
      t.true(await client.answered('third'), 'after a crash');
      nft('flush ruleset');
      await engine.manager.reconcile(['third']);
      t.true(await client.answered('third'));
    },
  );
}

test.serial('a flow that leads where it should goes on, whatever is made and repaired beside it', async (t) => {
  const engine = await engineFor(t);
  const client = new Client(t, '192.0.2.1');
  await started(t, engine, 'first', undefined);
  await client.start();
  t.true(await client.answered('first'));
  nft('add table inet seen');
  nft('add chain inet seen begun { type filter hook output priority 0 ; }');
  nft('add rule inet seen begun udp dport 18053 ct state new counter');
  const site = { name: 'site', subnet: undefined, gateway: undefined, internal: false, labels: {} };
  const { id } = await engine.networks.create(site);
  await engine.networks.remove(id);
  nft('delete table inet gnt0');
  await engine.manager.reconcile(['first']);
  t.true(await client.answered('first'));
  t.regex(nft('list chain inet seen begun'), /packets 0 /, 'it never had to begin again');
});

test.serial('flows to other hosts, and to other ports, stay', async (t) => {
  const engine = await engineFor(t);
  await engine.manager.allocate('makes the rules', []);
  const away = new Client(t, NEIGHBOUR);
  await away.start();
  t.true(await away.answered('neighbour'));
  nft('add table inet seen');
  nft('add chain inet seen begun { type filter hook output priority 0 ; }');
  nft('add rule inet seen begun udp dport 18053 ct state new counter');
  for (const hostPort of [18053, 18054]) {
    flushConntrack([{ protocol: 'udp', hostAddress: '0.0.0.0', hostPort, containerPort: 53 }]);
  }
  t.true(await away.answered('neighbour'));
  t.regex(nft('list chain inet seen begun'), /packets 0 /, 'no flow had to begin again');
});
