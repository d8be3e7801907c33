import test from 'ava';
import { OwnTime, unlessClientGone, withTimeout } from '../../../../src/kernel/third-party/process/deadlines.js';

const never = new Promise<never>(() => {});
const later = (milliseconds: number): Promise<string> =>
  new Promise((resolve) => setTimeout(() => resolve('done'), milliseconds));
const failure = (): Error => new Error('too long');

test('work in time gives what it gives, other work the failure', async (t) => {
  t.is(await withTimeout(1000, later(1), failure), 'done');
  t.is(await withTimeout('any', later(30), failure), 'done');
  await t.throwsAsync(
    withTimeout(20, never, (seconds) => new Error(`${seconds} s`)),
    { message: '0.02 s' },
  );
});

test('work whose client has gone has a while', async (t) => {
  const gone = new AbortController();
  t.is(await unlessClientGone(gone.signal, 10, later(30), failure), 'done', 'the client is there');
  const abandoned = unlessClientGone(gone.signal, 10, never, failure);
  gone.abort();
  await t.throwsAsync(abandoned, { message: 'too long' });
  await t.throwsAsync(unlessClientGone(gone.signal, 10, never, failure), { message: 'too long' });
  t.is(await unlessClientGone(gone.signal, 1000, later(5), failure), 'done');
});

test("the time of the call around which it stands is not the plugin's", async (t) => {
  const clock = new OwnTime(40, failure);
  await Promise.all([clock.paused(() => later(100)), clock.paused(() => later(120))]);
  t.is(await Promise.race([clock.exceeded, later(5)]), 'done');
  await t.throwsAsync(clock.exceeded, { message: 'too long' });
  clock.stop();
});
