import test from 'ava';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import { formatAddress, isLoopback, parseAddress } from '../../../src/transport/addresses/address.js';

const READ: Readonly<Record<string, object>> = {
  'unix:///run/gantry/docker.sock': { scheme: 'unix', path: '/run/gantry/docker.sock' },
  'http+unix:///run/gantry/http.sock': { scheme: 'http+unix', path: '/run/gantry/http.sock' },
  'tcp://127.0.0.1:4242': { scheme: 'tcp', host: '127.0.0.1', port: 4242 },
  'tcp://example.org': { scheme: 'tcp', host: 'example.org', port: 4242 },
  'tcp://:2375': { scheme: 'tcp', host: '127.0.0.1', port: 2375 },
  'tcp://': { scheme: 'tcp', host: '127.0.0.1', port: 4242 },
  'tcp://[::1]:1': { scheme: 'tcp', host: '::1', port: 1 },
  'http://127.0.0.1:8080': { scheme: 'http', host: '127.0.0.1', port: 8080 },
};

for (const [text, address] of Object.entries(READ)) {
  test(`reads ${text}`, (t) => {
    t.deepEqual(parseAddress(text) as object, address);
    t.deepEqual(parseAddress(formatAddress(parseAddress(text))) as object, address);
  });
}

for (const text of [
  '',
  'docker.sock',
  'unix://',
  'unix://docker.sock',
  `unix:///${'x'.repeat(107)}`,
  'unix:///a\0b',
  'tcp://host:65536',
  'tcp://host:port',
  'tcp://a b:1',
  'tcp://::1:4242',
  'http://127.0.0.1',
  'ftp://host',
]) {
  test(`refuses ${JSON.stringify(text.slice(0, 40))}`, (t) => {
    t.throws(() => parseAddress(text), { instanceOf: GantryError, message: /^Invalid address/ });
  });
}

test('what only this host can reach', (t) => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) t.true(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org']) {
    t.false(isLoopback(host), host);
  }
});
