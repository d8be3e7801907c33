import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { ContainerConfig } from '../../../../src/plugins/container/contracts/index.js';
import { ContainerStore } from '../../../../src/plugins/container/records/container-store.js';
import { SqliteDatabase } from '../../../../src/plugins/system/database/database.js';
import { SqlEvents } from '../../../../src/plugins/system/events/events.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-store-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const CONFIG = { image: 'busybox', args: ['true'] } as unknown as ContainerConfig;
const recordOf = (id: string, name: string, config = CONFIG) => ({ id, name, created: Date.now(), config });
const OWNER = { boot: 'boot', pid: 10, startTime: 100 };
const OTHER = { boot: 'boot', pid: 11, startTime: 110 };

async function newStore(name: string): Promise<ContainerStore> {
  return (await newStoreWithEvents(name)).store;
}

async function newStoreWithEvents(name: string): Promise<{ store: ContainerStore; events: SqlEvents }> {
  const config = {
    root: join(folder, name),
    runDir: '',
    bridge: '',
    subnet: undefined,
    pluginDirs: [],
    daemon: false,
    debug: false,
  };
  const database = new SqliteDatabase(config);
  await database.onStart();
  const events = new SqlEvents(database, { debug() {}, info() {}, warn() {} });
  await events.onStart();
  const store = new ContainerStore(database, events);
  store.migrate();
  return { store, events };
}

test('finds by name, id and unambiguous prefix, the name first', async (t) => {
  const store = await newStore('find');
  store.insert(recordOf('aa11', 'web'));
  store.insert(recordOf('aa22', 'aa11'));
  store.insert(recordOf('bb33', 'other'));
  t.is(store.find('web').id, 'aa11');
  t.is(store.find('/web').id, 'aa11');
  t.is(store.find('bb').id, 'bb33');
  t.is(store.find('aa2').id, 'aa22');
  t.throws(() => store.find('aa'), { message: /Multiple IDs found with provided prefix: aa/ });
  t.throws(() => store.find('cc'), { message: 'No such container: cc' });
  t.throws(() => store.find(''), { message: 'No such container: ' });
  t.throws(() => store.find('%'), { message: 'No such container: %' });
});

test('a name is given once', async (t) => {
  const store = await newStore('names');
  store.insert(recordOf('aa11', 'web'));
  t.throws(() => store.insert(recordOf('aa22', 'web')), { message: /"\/web" is already in use by container "aa11"/ });
});

test('one of two starts wins, and one of two heirs', async (t) => {
  const store = await newStore('claims');
  store.insert(recordOf('aa11', 'web'));
  t.true(store.claimForStart('aa11', OWNER));
  t.false(store.claimForStart('aa11', OTHER));
  store.setRunning('aa11', { boot: 'boot', pid: 5, startTime: 50 });
  t.is(store.find('web').status, 'running');
  t.false(store.claimForStart('aa11', OTHER));
  t.true(store.claimFrom('aa11', OWNER, OTHER));
  t.false(store.claimFrom('aa11', OWNER, { boot: 'boot', pid: 12, startTime: 1 }));
  store.setEnded('aa11', { exitCode: 3, error: '' });
  const ended = store.find('web');
  t.like(ended, { status: 'exited', exitCode: 3, init: undefined, owner: undefined, monitor: undefined });
  t.true(store.claimForStart('aa11', OTHER));
});

test('the newest comes first', async (t) => {
  const store = await newStore('order');
  for (const id of ['aa', 'bb', 'cc']) store.insert(recordOf(id, id));
  t.deepEqual(
    store.list().map(({ id }) => id),
    ['cc', 'bb', 'aa'],
  );
});

test('each change of state is an event, once; a run whose program never ran does not die', async (t) => {
  const { store, events } = await newStoreWithEvents('events');
  const config = { ...CONFIG, process: { Labels: { tier: 'front' } } };
  store.insert(recordOf('aa11', 'web', config));
  store.claimForStart('aa11', OWNER);
  store.setEnded('aa11', { exitCode: 127, error: 'no such program' });
  store.claimForStart('aa11', OWNER);
  store.setRunning('aa11', { boot: 'boot', pid: 5, startTime: 50 }, { attached: true });
  store.setRunning('aa11', { boot: 'boot', pid: 5, startTime: 50 });
  t.is(store.deleteRow('aa11'), undefined);
  store.setEnded('aa11', { exitCode: 3, error: '' });
  store.setEnded('aa11', { exitCode: 3, error: '' });
  t.is(store.deleteRow('aa11')?.['name'], 'web');
  const all = events.after(0, 100);
  t.deepEqual(
    all.map(({ action }) => action),
    ['create', 'attach', 'start', 'die', 'destroy'],
  );
  t.like(all[3], {
    type: 'container',
    actor: 'aa11',
    attributes: { exitCode: '3', image: 'busybox', name: 'web', tier: 'front' },
  });
});
