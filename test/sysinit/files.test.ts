import test from 'ava';
import {
  checkHostname,
  hostHostsFile,
  hostnameFile,
  hostResolvConf,
  hostsFile,
  RESOLVED_CONF,
  resolvConf,
} from '../../src/sysinit/files.js';

const reading = (files: Record<string, string>) => (path: string) => files[path];
const hostSays = (text: string): string => resolvConf(reading({ '/etc/resolv.conf': text }));

test('hosts names the container and what was added', (t) => {
  const text = hostsFile({ name: 'web', address: '172.20.0.2' }, [{ name: 'db', address: '10.0.0.5' }]);
  t.true(text.startsWith('127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n'));
  t.true(text.endsWith('ff02::2\tip6-allrouters\n10.0.0.5\tdb\n172.20.0.2\tweb\n'));
  t.true(hostsFile({ name: 'my.host.example', address: '10.0.0.7' }).endsWith('\n10.0.0.7\tmy.host.example my\n'));
  t.true(hostsFile(undefined).endsWith('ip6-allrouters\n'));
});

test('hostname is one line', (t) => t.is(hostnameFile('web'), 'web\n'));

test('host names', (t) => {
  for (const name of ['web', 'a', 'web-1.example.org', 'my_host', 'A1', 'x'.repeat(64)]) {
    t.notThrows(() => checkHostname(name), name);
  }
  for (const name of ['', '-a', 'a-', 'a..b', '.a', 'a b', 'a\n127.0.0.1 evil', 'x'.repeat(65), 'ü']) {
    t.like(
      t.throws(() => checkHostname(name)),
      { kind: 'invalid' },
      name,
    );
  }
});

test('name servers out of reach are left out, the rest is kept', (t) => {
  const host =
    '# by hand\nnameserver 127.0.0.1\nnameserver 10.1.1.1\nnameserver ::1\nnameserver fe80::1%eth0\n\nsearch a.b\noptions ndots:2';
  t.is(hostSays(host), 'nameserver 10.1.1.1\nsearch a.b\noptions ndots:2\n');
});

test('the fallback is public name servers', (t) => {
  const fallback = 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n';
  t.is(hostSays('search a\nnameserver 127.0.0.1\n'), `search a\n${fallback}`);
  t.is(resolvConf(reading({})), fallback);
});

test('a stub of systemd-resolved is replaced by what it asks', (t) => {
  const stub = 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n';
  const files = { '/etc/resolv.conf': stub, [RESOLVED_CONF]: 'nameserver 192.168.1.1\nsearch lan\n' };
  t.is(resolvConf(reading(files)), 'nameserver 192.168.1.1\nsearch lan\n');
});

test('either stub of systemd-resolved, and one beside loopback addresses', (t) => {
  const real = 'nameserver 192.168.1.1\nsearch corp.example\noptions edns0\n';
  for (const stub of ['nameserver 127.0.0.54\n', 'nameserver 127.0.0.53\nnameserver ::1\n']) {
    t.is(resolvConf(reading({ '/etc/resolv.conf': stub, [RESOLVED_CONF]: real })), real);
  }
});

test('what was asked for is in the place of what the real servers of a stub say', (t) => {
  const read = reading({
    '/etc/resolv.conf': 'nameserver 127.0.0.53\n',
    [RESOLVED_CONF]: 'nameserver 192.168.1.1\nsearch corp.example\noptions edns0\n',
  });
  t.is(resolvConf(read, { search: ['.'] }), 'nameserver 192.168.1.1\noptions edns0\n');
  t.is(
    resolvConf(read, { search: ['x'], options: ['ndots:2'] }),
    'nameserver 192.168.1.1\nsearch x\noptions ndots:2\n',
  );
});

test('a name server of IPv6 is kept where there is no other, the host forwards IPv6, and the container has it', (t) => {
  const files = { '/etc/resolv.conf': 'nameserver fe80::1%eth0\nnameserver 2001:db8::53\n' };
  t.is(resolvConf(reading(files)), 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n');
  const forwarding = { '/proc/sys/net/ipv6/conf/all/forwarding': '1\n' };
  t.is(resolvConf(reading({ ...files, ...forwarding }), { ipv6: true }), 'nameserver 2001:db8::53\n');
  t.is(resolvConf(reading({ ...files, ...forwarding })), 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n');
});

test("on the host's own network the files are the host's, with what was asked for", (t) => {
  const read = reading({ '/etc/resolv.conf': '# mine\nnameserver 127.0.0.1\nsearch a b\n' });
  t.is(hostResolvConf(read), '# mine\nnameserver 127.0.0.1\nsearch a b\n');
  t.is(hostResolvConf(read, { search: ['x'] }), 'nameserver 127.0.0.1\nsearch x\n');
  t.is(hostResolvConf(read, { servers: ['10.0.0.1'], search: ['.'] }), 'nameserver 10.0.0.1\n');
  t.is(
    hostHostsFile('127.0.0.1 localhost\n10.0.0.9 nas', [{ name: 'db', address: '10.0.0.5' }]),
    '127.0.0.1 localhost\n10.0.0.9 nas\n10.0.0.5\tdb\n',
  );
  t.is(hostHostsFile(undefined), hostsFile(undefined));
});
