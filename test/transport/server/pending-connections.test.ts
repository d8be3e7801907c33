import test from 'ava';
import { PendingConnections } from '../../../src/transport/server/pending-connections.js';

class Connection {
  isDestroyed = false;
  destroy(): void {
    this.isDestroyed = true;
  }
}

const MIB = 1 << 20;

test('the oldest of too many goes', (t) => {
  const pending = new PendingConnections(2);
  const [one, two, three] = [new Connection(), new Connection(), new Connection()];
  for (const each of [one, two, three]) pending.add(each);
  t.deepEqual(
    [one, two, three].map(({ isDestroyed }) => isDestroyed),
    [true, false, false],
  );
});

test('first lines without an end are at most 16 MiB in all: the oldest that has sent some of one goes', (t) => {
  const pending = new PendingConnections(100);
  const silent = new Connection();
  pending.add(silent);
  const talking = Array.from({ length: 20 }, () => new Connection());
  for (const each of talking) {
    pending.add(each);
    pending.keep(each, MIB);
  }
  t.false(silent.isDestroyed);
  t.is(talking.filter(({ isDestroyed }) => isDestroyed).length, 4);
  t.true(talking.slice(0, 4).every(({ isDestroyed }) => isDestroyed));
  for (const each of talking) pending.delete(each);
  const later = new Connection();
  pending.add(later);
  pending.keep(later, 16 * MIB);
  t.false(later.isDestroyed);
});
