import test from 'ava';
import { torture } from './torture.js';

test('a daemon and clients that are killed at random moments lose and leak nothing', async (t) => {
  t.timeout(170_000);
  const { faults, kills, containers } = await torture({ seed: 1, clients: 3, kills: 5, milliseconds: 40_000 });
  t.deepEqual(faults, []);
  t.true(kills > 0);
  t.true(containers > 0);
});
