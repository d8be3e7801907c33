import test, { type ExecutionContext } from 'ava';
import { Deliveries } from '../../../../src/kernel/third-party/contributions/event-deliveries.js';
import type { PluginLoader } from '../../../../src/kernel/third-party/loader/index.js';

/** A plugin with one handler, and what waits for it. */
function setUp(t: ExecutionContext, deliver: (id: number) => Promise<void>) {
  const waiting = new Set<number>();
  const state = { isThere: true, dropped: 0, tell: (): void => {} };
  const logged: string[] = [];
  const manifest = { id: 'p', handlers: [{ name: 'note', action: 'die' }] };
  const version = { id: 'p', manifest, deliver: (_name: string, event: { id: number }) => deliver(event.id) };
  let changed = (): void => {};
  const loader = {
    get active() {
      return state.isThere ? [{ version }] : [];
    },
    slots: new Map([['p', { version: undefined, manifest }]]),
    onChange: (listener: () => void) => {
      changed = listener;
    },
  };
  const events = {
    subscribe: () => {},
    unsubscribe: () => waiting.clear(),
    subscribers: () => ['plugin p note die'],
    pending: (_subscriber: string, after: number, limit: number) =>
      [...waiting]
        .filter((id) => id > after)
        .slice(0, limit)
        .map((id) => ({ id })),
    takeDropped: () => {
      const { dropped } = state;
      state.dropped = 0;
      return dropped;
    },
    acknowledge: (_subscriber: string, id: number) => void waiting.delete(id),
    onAppended: (listener: () => void) => {
      state.tell = listener;
      return () => {};
    },
  };
  const deliveries = new Deliveries(loader as unknown as PluginLoader, events, (message) => void logged.push(message));
  t.teardown(() => deliveries.stop());
  return { waiting, state, logged, change: () => changed() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('more events that fail than may be handled at once hold up no later one', async (t) => {
  const done: number[] = [];
  const { waiting, state, logged } = setUp(t, async (id) => {
    if (id <= 1200) throw new Error('cannot');
    done.push(id);
  });
  for (let id = 1; id <= 1210; id++) waiting.add(id);
  state.dropped = 7;
  state.tell();
  while (done.length < 10) await turn();
  t.deepEqual(done, [1201, 1202, 1203, 1204, 1205, 1206, 1207, 1208, 1209, 1210]);
  t.is(waiting.size, 1200);
  t.is(logged[0], 'plugin p note die: 7 events were dropped, the oldest of too many that wait');
  t.is(logged[1], 'plugin p note die, event 1: cannot; again in 1 s');
});

test('what failed is given again, and only once at a time; while its handler is away it waits', async (t) => {
  const tries = new Map<number, number>();
  const { waiting, state, change } = setUp(t, async (id) => {
    const before = tries.get(id) ?? 0;
    tries.set(id, before + 1);
    if (before === 0) throw new Error('not yet');
  });
  waiting.add(1).add(2);
  state.tell();
  await turn();
  state.isThere = false;
  change();
  waiting.add(3);
  state.tell();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  t.deepEqual(
    [...tries],
    [
      [1, 1],
      [2, 1],
    ],
  );
  state.isThere = true;
  change();
  await turn();
  t.deepEqual([...waiting], [3]);
  t.deepEqual(
    [...tries],
    [
      [1, 2],
      [2, 2],
      [3, 1],
    ],
  );
});
