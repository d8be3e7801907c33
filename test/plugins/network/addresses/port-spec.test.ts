import test from 'ava';
import { parsePortSpec } from '../../../../src/plugins/network/index.js';

type Plain = [hostAddress: string | undefined, hostPort: number | undefined, containerPort: number, protocol: string];

const accepted: [value: string, requests: Plain[]][] = [
  ['80', [[undefined, undefined, 80, 'tcp']]],
  ['80/udp', [[undefined, undefined, 80, 'udp']]],
  ['80/TCP', [[undefined, undefined, 80, 'tcp']]],
  ['8080:80', [[undefined, 8080, 80, 'tcp']]],
  ['0:80', [[undefined, undefined, 80, 'tcp']]],
  [':80', [[undefined, undefined, 80, 'tcp']]],
  ['127.0.0.1:8080:80', [['127.0.0.1', 8080, 80, 'tcp']]],
  ['127.0.0.1::80/udp', [['127.0.0.1', undefined, 80, 'udp']]],
  ['[::1]:8080:80', [['::1', 8080, 80, 'tcp']]],
  ['[::]::80/udp', [['::', undefined, 80, 'udp']]],
  ['[2001:DB8:0:0::1]:8080:80', [['2001:db8::1', 8080, 80, 'tcp']]],
  ['[::ffff:127.0.0.1]:8080:80', [['127.0.0.1', 8080, 80, 'tcp']]],
  ['0.0.0.0:65535:65535', [['0.0.0.0', 65535, 65535, 'tcp']]],
  [
    '8000-8001:80-81',
    [
      [undefined, 8000, 80, 'tcp'],
      [undefined, 8001, 81, 'tcp'],
    ],
  ],
  [
    '80-81/udp',
    [
      [undefined, undefined, 80, 'udp'],
      [undefined, undefined, 81, 'udp'],
    ],
  ],
];

for (const [value, expected] of accepted) {
  test(`-p ${value}`, (t) => {
    const parsed = parsePortSpec(value).map((one) => [one.hostAddress, one.hostPort, one.containerPort, one.protocol]);
    t.deepEqual(parsed, expected);
  });
}

const refused: [value: string, message: string][] = [
  ['', 'no port specified: <empty>'],
  ['8080:', 'no port specified: 8080:<empty>'],
  ['x', 'invalid containerPort: x'],
  ['0', 'invalid containerPort: 0'],
  ['65536', 'invalid containerPort: 65536'],
  ['-1', 'invalid containerPort: -1'],
  ['81-80', 'invalid containerPort: 81-80'],
  ['1-2-3', 'invalid containerPort: 1-2-3'],
  ['0x50', 'invalid containerPort: 0x50'],
  ['x:80', 'invalid hostPort: x'],
  ['65536:80', 'invalid hostPort: 65536'],
  ['80/icmp', 'Invalid proto: icmp'],
  ['80/tcp/udp', 'Invalid proto: tcp/udp'],
  ['host:8080:80', 'invalid IP address: host'],
  ['1.2.3:8080:80', 'invalid IP address: 1.2.3'],
  ['80/dccp', 'Invalid proto: dccp'],
  ['::1:8080:80', 'invalid IP address: ::1'],
  ['[fe80::1%eth0]:8080:80', 'invalid IP address: [fe80::1%eth0]'],
  ['[127.0.0.1]:8080:80', 'invalid IP address: [127.0.0.1]'],
  ['[::1]80', 'invalid IP address: ['],
  ['8000-8010:80-81', 'Invalid ranges specified for container and host Ports: 80-81 and 8000-8010'],
];

for (const [value, message] of refused) {
  test(`-p '${value}' is refused`, (t) => {
    t.like(
      t.throws(() => parsePortSpec(value)),
      { kind: 'usage', message },
    );
  });
}

test('a range of the host for one port, other protocols, and numbers as people write them', (t) => {
  const [range, ...more] = parsePortSpec('127.0.0.1:8000-8010:80');
  t.deepEqual(more, []);
  t.like(range, { hostAddress: '127.0.0.1', hostPort: 8000, lastHostPort: 8010, containerPort: 80 });
  t.like(parsePortSpec('5000:5001/sctp')[0], { protocol: 'sctp', hostPort: 5000, containerPort: 5001 });
  t.like(parsePortSpec('08080:80/')[0], { protocol: 'tcp', hostPort: 8080, containerPort: 80 });
});
