import test from 'ava';
import type { ContainerStore } from '../../../../src/plugins/container/records/container-store.js';
import { RestartScheduler } from '../../../../src/plugins/container/runs/restart-scheduler.js';

const DAY_MS = 86_400_000;

/** Restarts that wait in a database, until they are asked for. */
class Waiting {
  readonly rows = new Map<string, { at: number; delay: number }>();
  readonly store = {
    scheduleAlways: () => {},
    dueRestarts: () => [...this.rows].map(([id, row]) => ({ id, ...row })),
  } as unknown as ContainerStore;

  /** Resolves when a restart is asked for. */
  asked(id: string): Promise<void> {
    return new Promise((resolve) => {
      // The scheduler's own timers keep no process alive.
      const alive = setTimeout(() => {}, 30_000);
      const scheduler = new RestartScheduler(this.store, async (one) => {
        this.rows.delete(one);
        if (one !== id) return;
        scheduler.stop();
        clearTimeout(alive);
        resolve();
      });
      scheduler.start();
    });
  }
}

test('a clock that was set back a day holds up no restart longer than its delay', async (t) => {
  const waiting = new Waiting();
  waiting.rows.set('late', { at: Date.now() + DAY_MS, delay: 20 });
  await waiting.asked('late');
  t.is(waiting.rows.size, 0);
});

test('a clock that is set while a restart waits neither hurries it nor holds it up', async (t) => {
  const waiting = new Waiting();
  waiting.rows.set('first', { at: Date.now() + 30, delay: 60_000 });
  waiting.rows.set('second', { at: Date.now() + 60_000, delay: 60_000 });
  const real = Date.now;
  const asked = waiting.asked('first');
  Date.now = () => real() + 2 * DAY_MS;
  await asked.finally(() => {
    Date.now = real;
  });
  t.deepEqual([...waiting.rows.keys()], ['second']);
});
