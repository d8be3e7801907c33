import test from 'ava';
import { addressToInteger } from '../../../../src/plugins/network/addresses/ipv4.js';
import { AddressPool, releaseAddresses } from '../../../../src/plugins/network/records/ipam.js';
import { networkDatabase } from '../support/private-network.js';

test('a pool gives each address once, and the one that was released longest ago first', async (t) => {
  const database = await networkDatabase(t);
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

test('a range is given from its first address to its last, and what belongs to others is not', async (t) => {
  const database = await networkDatabase(t);
  database.sql.exec("INSERT INTO network (id, name, created) VALUES ('n', 'n', 0)");
  const network = { id: 'n', subnet: '10.1.0.0/24', gateway: '10.1.0.1', ipRange: '10.1.0.8/30' };
  const pool = new AddressPool(database, { ...network, auxAddresses: { dns: '10.1.0.9', six: 'fd00::1' } });
  const acquire = (holder: string, wanted?: string): string =>
    pool.allocate({
      ...{ holder, position: 0, link: holder, mac: undefined },
      wanted: wanted === undefined ? undefined : addressToInteger(wanted),
    });
  t.deepEqual([acquire('a'), acquire('b'), acquire('c')], ['10.1.0.8', '10.1.0.10', '10.1.0.11']);
  t.throws(() => acquire('d'), { message: 'No more IP addresses available' });
  t.is(acquire('d', '10.1.0.200'), '10.1.0.200');
  t.throws(() => acquire('e', '10.1.0.9'), { message: 'Address already in use: 10.1.0.9' });
  releaseAddresses(database, 'b');
  t.is(acquire('e'), '10.1.0.10');
});

test('an address that was asked for does not use up those below it', async (t) => {
  const database = await networkDatabase(t);
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
