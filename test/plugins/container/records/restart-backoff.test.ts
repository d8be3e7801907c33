import test from 'ava';
import { parseRestartPolicy } from '../../../../src/plugins/container/parsers/restart-policy.js';
import { type EndedRun, nextRestartDelay } from '../../../../src/plugins/container/records/restart-backoff.js';

const run = (policy: string, more: Partial<EndedRun> = {}): EndedRun => ({
  config: { restart: parseRestartPolicy(policy), restartUnhealthy: false },
  exitCode: 1,
  ranMs: 500,
  stopped: false,
  unhealthy: false,
  restarts: 0,
  delayMs: 0,
  ...more,
});

test('who is started again', (t) => {
  t.is(nextRestartDelay(run('no')), undefined);
  t.is(nextRestartDelay(run('always', { exitCode: 0 })), 100);
  t.is(nextRestartDelay(run('unless-stopped', { exitCode: 0 })), 100);
  t.is(nextRestartDelay(run('on-failure', { exitCode: 0 })), undefined);
  t.is(nextRestartDelay(run('on-failure')), 100);
  t.is(nextRestartDelay(run('on-failure:2', { restarts: 1 })), 100);
  t.is(nextRestartDelay(run('on-failure:2', { restarts: 2 })), undefined);
  for (const policy of ['always', 'unless-stopped', 'on-failure']) {
    t.is(nextRestartDelay(run(policy, { stopped: true })), undefined);
  }
});

test('a start that failed is tried again only where nobody asked for it', (t) => {
  t.is(nextRestartDelay(run('always', { ranMs: undefined })), undefined);
  t.is(nextRestartDelay(run('always', { ranMs: undefined, restarts: 1, delayMs: 200 })), 400);
});

test('an unhealthy run is followed by another, if that is wanted', (t) => {
  const config = { restart: parseRestartPolicy('no'), restartUnhealthy: true };
  t.is(nextRestartDelay(run('no', { config, unhealthy: true, exitCode: 0 })), 100);
  t.is(nextRestartDelay(run('no', { config, unhealthy: false })), undefined);
  t.is(nextRestartDelay(run('no', { unhealthy: true })), undefined);
});

test('the wait doubles from 100 ms to a minute, and begins anew after ten good seconds', (t) => {
  const waits: number[] = [];
  for (let delayMs = 0; waits.length < 12; ) {
    delayMs = nextRestartDelay(run('always', { delayMs })) ?? 0;
    waits.push(delayMs);
  }
  t.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  t.is(nextRestartDelay(run('always', { delayMs: 60_000, ranMs: 10_000 })), 100);
});
