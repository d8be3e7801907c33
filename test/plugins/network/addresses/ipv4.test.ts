import test from 'ava';
import {
  addressToInteger,
  integerToAddress,
  macAddressOf,
  networkRange,
  rangesOverlap,
} from '../../../../src/plugins/network/addresses/ipv4.js';

const ranges: [cidr: string, first: string, last: string, size: number][] = [
  ['192.168.0.1/24', '192.168.0.0', '192.168.0.255', 256],
  ['10.0.0.1/8', '10.0.0.0', '10.255.255.255', 16777216],
  ['10.1.2.3/8', '10.0.0.0', '10.255.255.255', 16777216],
  ['10.1.2.3/32', '10.1.2.3', '10.1.2.3', 1],
  ['10.1.2.3/31', '10.1.2.2', '10.1.2.3', 2],
  ['10.1.2.3/26', '10.1.2.0', '10.1.2.63', 64],
  ['255.255.255.255/0', '0.0.0.0', '255.255.255.255', 2 ** 32],
];

for (const [cidr, first, last, size] of ranges) {
  test(`the range of ${cidr}`, (t) => {
    const range = networkRange(cidr);
    t.deepEqual([integerToAddress(range.first), integerToAddress(range.last), range.size], [first, last, size]);
  });
}

for (const wrong of [
  '',
  '10.0.0.1',
  '10.0.0/8',
  '10.0.0.1/33',
  '10.0.0.256/8',
  '10.0.0.1/8/9',
  '010.0.0.1/8',
  'a.b.c.d/8',
]) {
  test(`no network: '${wrong}'`, (t) => {
    t.like(
      t.throws(() => networkRange(wrong)),
      { kind: 'invalid' },
    );
  });
}

test('an address survives the way to an integer and back', (t) => {
  t.not(addressToInteger('127.0.0.1'), 0);
  for (const address of ['127.0.0.1', '0.0.0.0', '255.255.255.255', '10.213.0.2']) {
    t.is(integerToAddress(addressToInteger(address)), address);
  }
});

test('ranges overlap when one holds a part of the other', (t) => {
  const overlaps = (a: string, b: string): boolean => rangesOverlap(networkRange(a), networkRange(b));
  t.true(overlaps('10.0.0.0/8', '10.213.0.0/16'));
  t.true(overlaps('10.213.7.0/24', '10.213.0.0/16'));
  t.false(overlaps('10.212.0.0/16', '10.213.0.0/16'));
});

test("the hardware address is Docker's for the address", (t) => {
  t.is(macAddressOf('172.17.0.12'), '02:42:ac:11:00:0c');
});
