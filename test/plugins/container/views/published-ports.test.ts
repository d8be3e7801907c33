import test from 'ava';
import type { Container } from '../../../../src/plugins/container/contracts/index.js';
import { psRow } from '../../../../src/plugins/container/views/ps-row.js';
import { publishedPorts } from '../../../../src/plugins/container/views/published-ports.js';
import type { PublishedPort } from '../../../../src/plugins/network/index.js';

/** `0.0.0.0:8080->80/tcp`; with a star, of IPv6 as well. */
function port(text: string): PublishedPort {
  const [, address = '', hostPort, containerPort, protocol, every] =
    /^(.*):(\d+)->(\d+)\/(tcp|udp)(\*?)$/.exec(text) ?? [];
  return {
    hostAddress: address.replace(/[[\]]/g, ''),
    hostPort: Number(hostPort),
    containerPort: Number(containerPort),
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    ...(every && { everyFamily: true }),
  };
}

function running(exposed: readonly string[], ...published: string[]): Container {
  const process = { ExposedPorts: Object.fromEntries(exposed.map((name) => [name, {}])) };
  const config = { process, args: ['true'], mounts: [] };
  return {
    id: 'f'.repeat(64),
    created: new Date(),
    lease: { ports: published.map(port) },
    config,
  } as unknown as Container;
}

const portsText = (container: Container): string => psRow(container, { noTrunc: false, image: 'busybox' }).Ports;

const shown: [exposed: string[], published: string[], text: string][] = [
  [[], [], ''],
  [[], ['127.0.0.1:8080->80/tcp'], '127.0.0.1:8080->80/tcp'],
  [[], ['0.0.0.0:8080->80/tcp*'], '0.0.0.0:8080->80/tcp, [::]:8080->80/tcp'],
  [[], ['[::1]:8080->80/tcp'], '[::1]:8080->80/tcp'],
  [['80/tcp'], [], '80/tcp'],
  [['443/tcp', '80/tcp'], ['0.0.0.0:8080->80/tcp'], '443/tcp, 0.0.0.0:8080->80/tcp'],
  [['53/udp', '53/tcp'], [], '53/tcp, 53/udp'],
  [['8002/tcp', '8000/tcp', '8001/tcp', '9000/tcp'], [], '8000-8002/tcp, 9000/tcp'],
  [[], ['0.0.0.0:81->81/tcp*', '0.0.0.0:80->80/tcp*'], '0.0.0.0:80-81->80-81/tcp, [::]:80-81->80-81/tcp'],
  [[], ['0.0.0.0:90->80/tcp', '0.0.0.0:91->81/tcp'], '0.0.0.0:90->80/tcp, 0.0.0.0:91->81/tcp'],
];

for (const [exposed, published, text] of shown) {
  test(`${[...exposed, ...published].join(' ') || 'nothing'} is shown as '${text}'`, (t) => {
    t.is(portsText(running(exposed, ...published)), text);
  });
}

test('what does not run has no ports', (t) => {
  const stopped = { ...running(['80/tcp']), lease: undefined };
  t.is(portsText(stopped), '');
  t.deepEqual(publishedPorts(stopped), []);
});
