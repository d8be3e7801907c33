import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { ContainerConfig } from '../../../../src/plugins/container/contracts/index.js';
import type { StoredContainer } from '../../../../src/plugins/container/records/container-row.js';
import { ContainerStore } from '../../../../src/plugins/container/records/container-store.js';
import { SqliteDatabase } from '../../../../src/plugins/system/database/database.js';
import { SqlEvents } from '../../../../src/plugins/system/events/events.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-store-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const CONFIG = { image: 'busybox', args: ['true'] } as unknown as ContainerConfig;
const recordOf = (id: string, name: string, config = CONFIG) => ({ id, name, created: Date.now(), config });
const OWNER = { boot: 'boot', pid: 10, startTime: 100 };
const OTHER = { boot: 'boot', pid: 11, startTime: 110 };

const processAt = (pid: number) => ({ boot: 'boot', pid, startTime: 50 });

function start(store: ContainerStore, owner: typeof OWNER): StoredContainer {
  const run = store.claimForStart('aa11', owner);
  if (!run) throw new Error('it was not stopped');
  return run;
}

async function newStore(name: string): Promise<ContainerStore> {
  return (await newStoreWithEvents(name)).store;
}

async function newStoreWithEvents(name: string) {
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
  return { store, events, database };
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
  const claimed = start(store, OWNER);
  t.is(store.claimForStart('aa11', OTHER), undefined);
  store.setRunning(claimed, processAt(5));
  t.is(store.find('web').status, 'running');
  t.is(store.claimForStart('aa11', OTHER), undefined);
  const heir = store.claimFrom(claimed, OTHER);
  t.is(store.claimFrom(claimed, processAt(12)), undefined);
  t.true(heir && store.setEnded(heir, { exitCode: 3, error: '' }));
  const ended = store.find('web');
  t.like(ended, { status: 'exited', exitCode: 3, init: undefined, owner: undefined, monitor: undefined });
  t.truthy(store.claimForStart('aa11', OTHER));
});

test('whoever has lost a run changes nothing of it, or of the next', async (t) => {
  const { store, events } = await newStoreWithEvents('losers');
  store.insert(recordOf('aa11', 'web'));
  const first = start(store, OWNER);
  const heir = store.claimFrom(first, OTHER);
  const loses = (run: StoredContainer): void => {
    const before = store.find('web');
    t.false(store.owns(run));
    t.false(store.setMonitor(run, processAt(7), undefined));
    t.is(store.setRunning(run, processAt(8)), undefined);
    t.false(store.setEnded(run, { exitCode: 255, error: 'late' }));
    store.setPaused({ ...run, run: 0 }, true);
    store.releaseOwnership(run);
    t.deepEqual(store.find('web'), before);
  };
  loses(first);
  t.true(heir !== undefined && store.setEnded(heir, { exitCode: 0, error: '' }));
  // The same process starts it again: its former run is over all the same.
  const second = start(store, OTHER);
  if (heir) loses(heir);
  store.whileEnded(first, () => t.fail('the bundle is that of the second run'));
  store.setEnded(second, { exitCode: 0, error: '' });
  let freed = 0;
  store.whileEnded(second, () => freed++);
  t.is(freed, 1);
  const actions = events.after(0, 100).map(({ action }) => action);
  t.deepEqual(actions, ['create']);
});

test('a run that is taken over in another boot has its boot, and no processes', async (t) => {
  const store = await newStore('boots');
  store.insert(recordOf('aa11', 'web'));
  const run = start(store, OWNER);
  store.setMonitor(run, processAt(4), undefined);
  const running = store.setRunning(run, processAt(5));
  t.like(running, { init: processAt(5), monitor: processAt(4) });
  const later = { ...OTHER, boot: 'later' };
  t.like(store.claimFrom(run, later), { boot: 'later', owner: later, init: undefined, monitor: undefined });
});

test('two changes of the configuration add up, and one without a policy cancels the restart', async (t) => {
  const store = await newStore('updates');
  const restart = { name: 'always', maximumRetries: 0 } as const;
  store.insert(recordOf('aa11', 'web', { ...CONFIG, restart }));
  const run = start(store, OWNER);
  store.setRunning(run, processAt(5));
  store.setEnded(run, { exitCode: 1, error: '' });
  t.is(store.dueRestarts().length, 1);
  store.updateConfig('aa11', (config) => ({ ...config, memory: 7 }));
  store.updateConfig('aa11', (config) => ({ ...config, cpus: 2 }));
  t.like(store.find('web').config, { memory: 7, cpus: 2 });
  t.is(store.dueRestarts().length, 1);
  store.updateConfig('aa11', (config) => ({ ...config, restart: { name: 'no', maximumRetries: 0 } }));
  t.is(store.claimForRestart('aa11', OWNER), undefined);
});

test('a run ends whose row cannot be read any more', async (t) => {
  const { store, database } = await newStoreWithEvents('damaged');
  store.insert(recordOf('aa11', 'web'));
  const run = start(store, OWNER);
  database.sql.exec("UPDATE containers SET config = '{'");
  t.deepEqual([...store.activeIds()], ['aa11']);
  t.true(store.setEnded(run, { exitCode: 3, error: '' }));
  t.is(store.activeIds().size, 0);
});

test('a restart that is asked for outlives its daemon, unless the user stops it', async (t) => {
  const store = await newStore('restarting');
  store.insert(recordOf('aa11', 'web'));
  for (const [isStopped, restarts] of [
    [false, 1],
    [true, 0],
  ] as const) {
    const run = start(store, OWNER);
    store.setRunning(run, processAt(5));
    store.setRestarting('aa11');
    if (isStopped) store.setStopped('aa11');
    store.setEnded(run, { exitCode: 0, error: '' });
    t.is(store.dueRestarts().length, restarts);
  }
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
  store.setEnded(start(store, OWNER), { exitCode: 127, error: 'no such program' });
  const run = start(store, OWNER);
  t.truthy(store.setRunning(run, processAt(5), { attached: true }));
  t.is(store.setRunning(run, processAt(5)), undefined);
  t.is(store.deleteRow('aa11'), undefined);
  t.true(store.setEnded(run, { exitCode: 3, error: '' }));
  t.false(store.setEnded(run, { exitCode: 3, error: '' }));
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
