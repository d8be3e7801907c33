import { closeSync, openSync } from 'node:fs';
import test from 'ava';
import { DescriptorReserve } from '../../../src/transport/server/descriptor-reserve.js';

class Connection {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

test('where no descriptor is left one call is served at a time, from the reserve', (t) => {
  const reserve = new DescriptorReserve();
  using _use = reserve.use();
  const [before, first, second, after] = Array.from({ length: 4 }, () => new Connection());
  t.true(reserve.admits(before as Connection));
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    t.true(reserve.admits(first as Connection));
    // What it needs for its work.
    closeSync(openSync('/dev/null', 'r'));
    t.false(reserve.admits(second as Connection));
    first?.destroy();
    t.true(reserve.admits(second as Connection));
  } finally {
    for (const fd of taken) closeSync(fd);
  }
  t.true(reserve.admits(after as Connection));
  t.false(second?.destroyed);
});
