import test from 'ava';
import { daemonEnvironment } from '../../src/engine/environment.js';

test('a daemon has the variables that mean something to it', (t) => {
  const kept = {
    PATH: '/bin',
    HOME: '/root',
    GANTRY_BRIDGE: 'b',
    LC_ALL: 'C',
    https_proxy: 'p',
    DOCKER_CERT_PATH: '/c',
  };
  const dropped = { DOCKER_HOST: 'tcp://x', NODE_OPTIONS: '-r x', LD_PRELOAD: 'x', SECRET: 'x', GANTRYX: 'x' };
  t.deepEqual(daemonEnvironment({ ...kept, ...dropped }), kept);
});
