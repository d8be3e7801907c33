import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { SqliteDatabase } from '../../../../src/plugins/system/database/database.js';
import { SqlEvents } from '../../../../src/plugins/system/events/events.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-events-'));
test.after.always(() => rmSync(folder, { recursive: true }));

let databases = 0;

interface Opened {
  readonly database: SqliteDatabase;
  readonly events: SqlEvents;
  readonly warnings: readonly string[];
}

/** A process's view; two of one name share a file. */
async function open(t: ExecutionContext, name = `database-${databases++}`): Promise<Opened> {
  const root = join(folder, name);
  const config = { root, runDir: '', bridge: '', subnet: undefined, pluginDirs: [], daemon: false, debug: false };
  const database = new SqliteDatabase(config);
  await database.onStart();
  const warnings: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (text: string) => void warnings.push(text) };
  const events = new SqlEvents(database, log);
  await events.onStart();
  t.teardown(async () => {
    await events.onStop();
    await database.onStop();
  });
  return { database, events, warnings };
}

const news = (events: SqlEvents): Promise<void> =>
  new Promise((resolve) => {
    const stop = events.onAppended(() => {
      stop();
      resolve();
    });
  });

test('events come back as they were written, oldest first, from any point on', async (t) => {
  const { events } = await open(t);
  t.is(events.newest(), 0);
  const before = Date.now();
  events.emit('container', 'die', 'c1', { exitCode: '3', name: 'web' });
  events.emit('volume', 'create', 'v1', {});
  const [first, second] = events.after(0, 10);
  t.like(first, { type: 'container', action: 'die', actor: 'c1', attributes: { exitCode: '3', name: 'web' } });
  t.true(first !== undefined && first.time >= before && first.time <= Date.now());
  t.deepEqual(events.after(0, 1), [first]);
  t.deepEqual(events.after(first?.id ?? 0, 10), [second]);
  t.is(events.newest(), second?.id ?? 0);
});

test('a listener that fails costs the others nothing', async (t) => {
  const { events, warnings } = await open(t);
  events.onAppended(() => {
    throw new Error('it fails');
  });
  const heard = news(events);
  events.emit('volume', 'create', 'v1', {});
  await heard;
  t.deepEqual(warnings, ['a listener for events: Error: it fails']);
});

test('an event is there exactly if the transaction is, and its delivery too', async (t) => {
  const { database, events } = await open(t);
  events.subscribe('s', ['die']);
  t.throws(() =>
    database.transaction(() => {
      events.emit('container', 'die', 'c1', {});
      throw new Error('changed my mind');
    }),
  );
  t.deepEqual(events.after(0, 10), []);
  t.deepEqual(events.pending('s', 0, 10), []);
});

test('a listener hears of what this process writes, after the transaction', async (t) => {
  const { database, events } = await open(t);
  let isOver = false;
  const heard = new Promise<boolean>((resolve) => events.onAppended(() => resolve(isOver)));
  database.transaction(() => {
    events.emit('image', 'tag', 'i1', {});
    isOver = true;
  });
  t.true(await heard);
  t.is(events.after(0, 10).length, 1);
});

test('a listener hears of what another process writes, and stops hearing', async (t) => {
  const here = await open(t, 'shared');
  const there = await open(t, 'shared');
  let calls = 0;
  const stop = here.events.onAppended(() => calls++);
  const heard = news(here.events);
  there.events.emit('image', 'tag', 'i1', {});
  await heard;
  t.is(calls, 1);
  stop();
  const again = news(here.events);
  there.events.emit('image', 'tag', 'i2', {});
  await again;
  t.is(calls, 1);
});

test('what a subscriber asked for waits until it is done, whoever writes it', async (t) => {
  const { events } = await open(t, 'subscribed');
  const { events: elsewhere } = await open(t, 'subscribed');
  events.emit('container', 'die', 'before', {});
  events.subscribe('mail', ['die', 'container create', 'container die']);
  events.subscribe('other', ['tag']);
  for (const [type, action] of [
    ['container', 'create'],
    ['volume', 'create'],
    ['container', 'die'],
  ] as const) {
    elsewhere.emit(type, action, action, {});
  }
  t.deepEqual(
    events.pending('mail', 0, 10).map(({ type, action }) => `${type} ${action}`),
    ['container create', 'container die'],
  );
  t.deepEqual(events.pending('other', 0, 10), []);
  const [first] = events.pending('mail', 0, 1);
  events.acknowledge('mail', first?.id ?? 0);
  t.deepEqual(
    elsewhere.pending('mail', 0, 10).map(({ action }) => action),
    ['die'],
  );
});

test('a new subscription replaces the old one and keeps what waits; its end forgets that', async (t) => {
  const { events } = await open(t);
  events.subscribe('mail', ['die']);
  events.emit('container', 'die', 'c1', {});
  events.subscribe('mail', ['start']);
  events.emit('container', 'die', 'c2', {});
  events.emit('container', 'start', 'c3', {});
  t.deepEqual(
    events.pending('mail', 0, 10).map(({ actor }) => actor),
    ['c1', 'c3'],
  );
  t.deepEqual(events.subscribers(), ['mail']);
  events.unsubscribe('mail');
  t.deepEqual(events.pending('mail', 0, 10), []);
  t.deepEqual(events.subscribers(), []);
});

test('ten thousand are kept, and older ones that somebody waits for', async (t) => {
  const { database, events } = await open(t);
  events.subscribe('slow', ['die']);
  events.emit('container', 'die', 'waits', {});
  database.transaction(() => {
    for (let count = 0; count < 10_600; count++) events.emit('container', 'start', 'c', {});
  });
  const oldest = events.after(0, 2);
  t.is(oldest[0]?.actor, 'waits');
  t.true((oldest[1]?.id ?? 0) > 256);
  t.true(events.newest() - (oldest[1]?.id ?? 0) >= 10_000 - 1);
  t.is(events.pending('slow', 0, 10).length, 1);
});

test('of what nobody takes, the oldest are dropped and counted', async (t) => {
  const { database, events } = await open(t);
  events.subscribe('broken', ['die']);
  events.subscribe('well', ['start']);
  events.emit('container', 'start', 'c', {});
  database.transaction(() => {
    for (let count = 1; count <= 10_751; count++) events.emit('container', 'die', `c${count}`, {});
  });
  // Event 10,752 is the last after which old ones are dropped.
  t.is(events.takeDropped('broken'), 751);
  t.is(events.takeDropped('broken'), 0);
  t.is(events.pending('broken', 0, 1)[0]?.actor, 'c752');
  t.is(events.pending('broken', 0, 20_000).length, 10_000);
  t.is(events.pending('broken', events.newest() - 1, 10).length, 1);
  t.is(events.pending('well', 0, 10).length, 1);
});
