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

test('a container gets the address that it had, unless another has it', async (t) => {
  const database = await networkDatabase(t);
  database.sql.exec("INSERT INTO network (id, name, created) VALUES ('n', 'n', 0)");
  const pool = new AddressPool(database, { id: 'n', subnet: '10.9.0.0/29', gateway: '10.9.0.1' });
  const acquire = (holder: string): string =>
    pool.allocate({ holder, position: 0, link: holder, mac: undefined, wanted: undefined });
  t.deepEqual([acquire('a'), acquire('b')], ['10.9.0.2', '10.9.0.3']);
  for (let start = 0; start < 3; start++) {
    releaseAddresses(database, 'a');
    t.is(acquire('a'), '10.9.0.2');
  }
  releaseAddresses(database, 'a');
  t.deepEqual(
    ['c', 'd', 'e', 'f'].map((holder) => acquire(holder)),
    ['10.9.0.4', '10.9.0.5', '10.9.0.6', '10.9.0.2'],
  );
  releaseAddresses(database, 'c');
  t.is(acquire('a'), '10.9.0.4');
});

test('a lease looks at few rows, however many addresses were given', async (t) => {
  const database = await networkDatabase(t);
  database.sql.exec(`INSERT INTO network (id, name, created) VALUES ('n', 'n', 0);
    WITH RECURSIVE one (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM one WHERE n < 65534)
    INSERT INTO network_lease (network, address, freed) SELECT 'n', ${addressToInteger('10.9.0.0')} + n, n FROM one`);
  const queries: string[] = [];
  const prepare = (sql: string) => {
    queries.push(sql);
    return database.prepare(sql);
  };
  const transaction = <T>(work: () => T): T => database.transaction(work);
  const pool = new AddressPool({ prepare, transaction } as unknown as typeof database, {
    ...{ id: 'n', subnet: '10.9.0.0/16', gateway: '10.9.0.1' },
  });
  t.is(pool.allocate({ holder: 'a', position: 0, link: 'a', mac: undefined, wanted: undefined }), '10.9.0.2');
  for (const sql of queries.filter((one) => one.startsWith('SELECT'))) {
    const plan = database.sql.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    t.false(
      plan.some(({ detail }) => /SCAN network_lease|TEMP B-TREE/.test(String(detail)) && !/UNION/.test(sql)),
      `${sql}: ${JSON.stringify(plan)}`,
    );
  }
});
