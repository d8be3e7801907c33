import test from 'ava';
import { networkBytes } from '../../../../src/plugins/container/cgroups/resource-usage.js';
import { binarySize } from '../../../../src/plugins/container/views/stats-row.js';

test('bytes of all devices but the loopback', (t) => {
  const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0:  100 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0
  eth1:1 1 0 0 0 0 0 0 2 1 0 0 0 0 0 0
`;
  t.deepEqual(networkBytes(table), { received: 101, sent: 22 });
  t.deepEqual(networkBytes(''), { received: 0, sent: 0 });
});

test('binary sizes in four digits, as Docker writes them', (t) => {
  t.deepEqual([0, 1023, 1024, 380_928, 16_761_000_000].map(binarySize), ['0B', '1023B', '1KiB', '372KiB', '15.61GiB']);
});
