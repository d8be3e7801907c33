import test from 'ava';
import { parseNetworkFlag } from '../../../../src/plugins/container/parsers/network-flag.js';

const plain = { aliases: [], linkLocal: [], driverOptions: [] };

test('a name, a mode, and fields of a network', (t) => {
  t.deepEqual(parseNetworkFlag('web'), { ...plain, network: 'web' });
  t.deepEqual(parseNetworkFlag('default'), { ...plain, network: 'bridge' });
  t.deepEqual(parseNetworkFlag('container:db'), { ...plain, network: 'container:db' });
  t.deepEqual(parseNetworkFlag('name=web,alias=a,"alias=b",ip=10.0.0.2,mac-address=02:42:ac:11:00:99,gw-priority=-1'), {
    ...{ ...plain, network: 'web', aliases: ['a', 'b'], address: '10.0.0.2' },
    ...{ macAddress: '02:42:ac:11:00:99', gatewayPriority: -1 },
  });
  t.deepEqual(parseNetworkFlag('NAME=web,driver-opt=a=b,link-local-ip=169.254.1.1,ip6=2001:db8::3'), {
    ...{ network: 'web', aliases: [], linkLocal: ['169.254.1.1'], driverOptions: ['a=b'], ip6: '2001:db8::3' },
  });
});

const REFUSED: Record<string, string> = {
  '': 'network name/id is not specified',
  'alias=a': 'network name/id is not specified',
  'name=web,alias': 'invalid field alias',
  'name=web,alias=': 'invalid field alias=',
  'name=web,colour=red': 'invalid field key colour',
  'name=web,constructor=x': 'invalid field key constructor',
  'name=web,gw-priority=high': 'invalid gw-priority: high',
};
for (const [flag, reason] of Object.entries(REFUSED)) {
  test(`refused: ${JSON.stringify(flag)}`, (t) => {
    const message = `invalid argument ${JSON.stringify(flag)} for "--network" flag: ${reason}`;
    t.like(
      t.throws(() => parseNetworkFlag(flag)),
      { kind: 'usage', message },
    );
  });
}
