import test from 'ava';
import {
  addressToInteger,
  integerToAddress,
  macAddressOf,
  networkRange,
  rangesOverlap,
} from '../../../../src/plugins/network/addresses/ipv4.js';
import { AddressPool, releaseAddresses } from '../../../../src/plugins/network/records/ipam.js';
import { MIGRATIONS } from '../../../../src/plugins/network/records/schema.js';
import { SqliteDatabase } from '../../../../src/plugins/system/database/database.js';
import { temporaryRoot } from '../support/private-network.js';

const ranges: [cidr: string, first: string, last: string, size: number][] = [
  ['192.168.0.1/24', '192.168.0.0', '192.168.0.255', 256],
  ['10.0.0.1/8', '10.0.0.0', '10.255.255.255', 16777216],
  ['10.1.2.3/8', '10.0.0.0', '10.255.255.255', 16777216],
  ['10.1.2.3/32', '10.1.2.3', '10.1.2.3', 1],
  ['10.1.2.3/31', '10.1.2.2', '10.1.2.3', 2],
  ['10.1.2.3/26', '10.1.2.0', '10.1.2.63', 64],
  ['255.255.255.255/0', '0.0.0.0', '255.255.255.255', 2 ** 32],
];

for (const [cidr, first, last, size] of ranges) {
  test(`the range of ${cidr}`, (t) => {
    const range = networkRange(cidr);
    t.deepEqual([integerToAddress(range.first), integerToAddress(range.last), range.size], [first, last, size]);
  });
}

for (const wrong of [
  '',
  '10.0.0.1',
  '10.0.0/8',
  '10.0.0.1/33',
  '10.0.0.256/8',
  '10.0.0.1/8/9',
  '010.0.0.1/8',
  'a.b.c.d/8',
]) {
  test(`no network: '${wrong}'`, (t) => {
    t.like(
      t.throws(() => networkRange(wrong)),
      { kind: 'invalid' },
    );
  });
}

test('an address survives the way to an integer and back', (t) => {
  t.not(addressToInteger('127.0.0.1'), 0);
  for (const address of ['127.0.0.1', '0.0.0.0', '255.255.255.255', '10.213.0.2']) {
    t.is(integerToAddress(addressToInteger(address)), address);
  }
});

test('ranges overlap when one holds a part of the other', (t) => {
  const overlaps = (a: string, b: string): boolean => rangesOverlap(networkRange(a), networkRange(b));
  t.true(overlaps('10.0.0.0/8', '10.213.0.0/16'));
  t.true(overlaps('10.213.7.0/24', '10.213.0.0/16'));
  t.false(overlaps('10.212.0.0/16', '10.213.0.0/16'));
});

test("the hardware address is Docker's for the address", (t) => {
  t.is(macAddressOf('172.17.0.12'), '02:42:ac:11:00:0c');
});

test('a pool gives each address once, and the one that was released longest ago first', async (t) => {
  const { root, remove } = temporaryRoot();
  const database = new SqliteDatabase({
    root,
    runDir: root,
    bridge: '',
    subnet: undefined,
    pluginDirs: [],
    daemon: false,
    debug: false,
  });
  t.teardown(remove);
  await database.onStart();
  t.teardown(() => database.onStop());
  database.migrate('network', MIGRATIONS);
  const network = { id: 'n', subnet: '127.0.0.0/29', gateway: '127.0.0.1' };
  database.sql.exec("INSERT INTO network (id, name, created) VALUES ('n', 'n', 0)");
  const pool = new AddressPool(database, network);
  const acquire = (holder: string, wanted?: string): string =>
    pool.allocate({
      holder,
      position: 0,
      link: holder,
      mac: undefined,
      wanted: wanted ? addressToInteger(wanted) : undefined,
    });
  const given = ['a', 'b', 'c', 'd', 'e'].map((holder) => acquire(holder));
  t.deepEqual(given, ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6']);
  t.like(
    t.throws(() => acquire('f')),
    { kind: 'unavailable', message: 'No more IP addresses available' },
  );
  releaseAddresses(database, 'e');
  t.is(acquire('f'), '127.0.0.6');
  for (const holder of ['d', 'a', 'a', 'nobody']) releaseAddresses(database, holder);
  t.is(acquire('g'), '127.0.0.5');
  releaseAddresses(database, 'g');
  t.deepEqual([acquire('h'), acquire('i')], ['127.0.0.2', '127.0.0.5']);
  releaseAddresses(database, 'b');
  t.like(
    t.throws(() => acquire('j', '127.0.0.2')),
    { kind: 'unavailable', message: 'Address already in use: 127.0.0.2' },
  );
  t.is(acquire('j', '127.0.0.3'), '127.0.0.3');
});

test('an address that was asked for does not use up those below it', async (t) => {
  const { root, remove } = temporaryRoot();
  const database = new SqliteDatabase({
    root,
    runDir: root,
    bridge: '',
    subnet: undefined,
    pluginDirs: [],
    daemon: false,
    debug: false,
  });
  t.teardown(remove);
  await database.onStart();
  t.teardown(() => database.onStop());
  database.migrate('network', MIGRATIONS);
  database.sql.exec("INSERT INTO network (id, name, created) VALUES ('n', 'n', 0)");
  const pool = new AddressPool(database, { id: 'n', subnet: '10.9.0.0/24', gateway: '10.9.0.3' });
  const acquire = (holder: string, wanted?: number): string =>
    pool.allocate({ holder, position: 0, link: holder, mac: undefined, wanted });
  t.is(acquire('a', addressToInteger('10.9.0.2')), '10.9.0.2');
  t.is(acquire('b', addressToInteger('10.9.0.254')), '10.9.0.254');
  t.is(acquire('c'), '10.9.0.1');
  t.is(acquire('d'), '10.9.0.4', 'neither the one that was asked for, nor the gateway');
  releaseAddresses(database, 'b');
  t.is(acquire('e'), '10.9.0.5');
});
