import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { networkNamespace, setNetworkDefaults } from '../../src/sysinit/network-defaults.js';

const MODULE = new URL('../../src/sysinit/network-defaults.js', import.meta.url).href;
const PORT_START = '/proc/sys/net/ipv4/ip_unprivileged_port_start';

test('the defaults are set in a namespace of their own', async (t) => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { setNetworkDefaults } from ${JSON.stringify(MODULE)};
    setNetworkDefaults(process.argv[1]);
    console.log(readFileSync('${PORT_START}', 'utf8').trim(), readFileSync('/proc/sys/net/ipv4/ping_group_range', 'utf8').trim());`;
  const args = ['-n', process.execPath, '--input-type=module', '-e', script, networkNamespace()];
  const { stdout } = await promisify(execFile)('unshare', args);
  t.is(stdout, '0 0\t2147483647\n');
});

test("the host's settings are never touched", (t) => {
  t.throws(() => setNetworkDefaults(networkNamespace()), { message: /about to change the host/ });
});
