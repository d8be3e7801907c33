import test from 'ava';
import { AddressGuard } from '../../../../src/plugins/system/outbound/address-guard.js';
import { isLoopbackHost } from '../../../../src/plugins/system/outbound/inside-addresses.js';

const LOOPBACK = ['127.0.0.1', '127.8.8.8', '0.0.0.0', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::127.0.0.1]'];
const TUNNELLED = ['[64:ff9b::7f00:1]', '[2002:7f00:1::1]', '[2001:0:1::80ff:fffe]', '[::ffff:0:7f00:1]'];
const LINK = ['169.254.169.254', '[fe80::1]', '[fe80::1%eth0]', '[fd00:ec2::254]', '100.100.100.200', '192.0.0.192'];
const MORE = ['168.63.129.16', '[::ffff:a9fe:a9fe]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::1]', '[2002:a9fe:a9fe::]'];
const OUTSIDE = ['10.0.0.1', '8.8.8.8', '[2001:db8::1]', '100.100.100.201', '[64:ff9b::808:808]', 'localhost.example'];

test('a server elsewhere names no address that only this host reaches', (t) => {
  const guard = new AddressGuard(['registry.example']);
  for (const host of [...LOOPBACK, ...TUNNELLED, ...LINK, ...MORE]) t.false(guard.allows(host), host);
  for (const host of OUTSIDE) t.true(guard.allows(host), host);
});

test('a server on loopback names others there, but nothing of the link', (t) => {
  const guard = new AddressGuard(['127.0.0.1']);
  for (const host of [...LOOPBACK, ...OUTSIDE]) t.true(guard.allows(host), host);
  t.false(new AddressGuard(['127.0.0.1', 'cdn.example']).allows('127.0.0.1'));
  for (const host of [...LINK, ...MORE]) t.false(guard.allows(host), host);
});

test('a name that leads inside is refused when it is looked up', async (t) => {
  const look = (namedBy: string, all: boolean) =>
    new Promise<string>((resolve) => {
      new AddressGuard([namedBy]).lookup('localhost', { all }, (error) => resolve(error?.code ?? 'found'));
    });
  t.is(await look('registry.example', true), 'EINSIDE');
  t.is(await look('registry.example', false), 'EINSIDE');
  t.is(await look('localhost', true), 'found');
});

test('loopback by name and address', (t) => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '[::1]']) t.true(isLoopbackHost(host), host);
  for (const host of ['localhost.example', '169.254.1.1', 'example', '']) t.false(isLoopbackHost(host), host);
});
