import test from 'ava';
import { parseSettings } from '../../src/engine/settings.js';

const parse = (args: string[], env: Record<string, string> = {}) => parseSettings(args, env, '/cwd');

test('flags before the command, then the environment, then the default', (t) => {
  t.like(parse(['ps', '-a']), { root: '/var/lib/gantry', runDir: '/run/gantry', hosts: [], argv: ['ps', '-a'] });
  t.like(parse(['ps'], { GANTRY_ROOT: '/env', DOCKER_HOST: 'unix:///e' }), { root: '/env', hosts: ['unix:///e'] });
  t.like(parse(['--root', 'rel/', '-Hunix:///a', '--host=unix:///b', 'ps'], { GANTRY_ROOT: '/env' }), {
    root: '/cwd/rel',
    runDir: '/cwd/rel/run',
    hosts: ['unix:///a', 'unix:///b'],
    argv: ['ps'],
  });
  t.like(parse(['--plugins-dir', '/p', '-D', 'run', '-d', 'x']), { pluginDirs: ['/p'], debug: true, daemon: false });
});

test('the storage driver is one that there is, or the engine chooses', (t) => {
  t.is(parse(['-d']).storageDriver, undefined);
  t.is(parse(['-d'], { GANTRY_STORAGE_DRIVER: 'vfs' }).storageDriver, 'vfs');
  t.is(parse(['--storage-driver=overlay', '-d'], { GANTRY_STORAGE_DRIVER: 'vfs' }).storageDriver, 'overlay');
  t.is(parse(['--storage-driver', 'overlay2', '-d']).storageDriver, 'overlay', "Docker's name for it");
  t.throws(() => parse(['--storage-driver', 'zfs', '-d']), {
    message: 'unknown storage driver: zfs (there are overlay and vfs)',
  });
});

test('the largest layer is a size', (t) => {
  t.is(parse(['-d']).maxLayerBytes, undefined);
  t.is(parse(['-d'], { GANTRY_MAX_LAYER_SIZE: '100g' }).maxLayerBytes, 100 * 2 ** 30);
  t.throws(() => parse(['-d'], { GANTRY_MAX_LAYER_SIZE: 'much' }), { message: /GANTRY_MAX_LAYER_SIZE.*invalid size/ });
});

test('-d is the daemon, and takes no command', (t) => {
  t.like(parse(['-d', '-D']), { daemon: true, debug: true, argv: [] });
  t.like(parse(['-d=false', 'ps']), { daemon: false, argv: ['ps'] });
  t.throws(() => parse(['-d', 'ps']), { message: /takes no command/ });
});

test('what is no flag of docker itself is left to the command line', (t) => {
  t.deepEqual(parse(['-debug', 'ps']).argv, ['-debug', 'ps']);
  t.deepEqual(parse(['-x']).argv, ['-x']);
  t.deepEqual(parse(['-Xx', 'ps']).argv, ['-Xx', 'ps']);
  t.throws(() => parse(['--root']), { message: 'flag needs an argument: --root' });
  t.is(parse(['--root=', 'ps']).root, '/var/lib/gantry');
});

test('--version is of the client', (t) => {
  for (const words of [['-v'], ['--version'], ['-D', '--version', 'ps']]) t.true(parse(words).version);
  t.false(parse(['--version=false', 'ps']).version);
  t.false(parse(['ps', '-v']).version);
});

test('the logging level is one that there is; debug is -D', (t) => {
  t.true(parse(['-l', 'debug', 'ps']).debug);
  t.true(parse(['-ldebug', 'ps']).debug);
  t.false(parse(['--log-level=warn', 'ps']).debug);
  t.throws(() => parse(['--log-level', 'loud', 'ps']), { message: 'unable to parse logging level: loud' });
});

test('a context is in the place of an address: the flag before DOCKER_HOST, that before DOCKER_CONTEXT', (t) => {
  const env = { DOCKER_HOST: 'unix:///e', DOCKER_CONTEXT: 'mine' };
  t.like(parse(['-c', 'far', 'ps'], env), { hosts: [], context: 'far' });
  t.like(parse(['-cfar', 'ps'], env), { hosts: [], context: 'far' });
  t.like(parse(['ps'], env), { hosts: ['unix:///e'], context: undefined });
  t.like(parse(['ps'], { DOCKER_CONTEXT: 'mine' }), { hosts: [], context: 'mine' });
  t.like(parse(['-H', 'unix:///h', 'ps'], { DOCKER_CONTEXT: 'mine' }), { hosts: ['unix:///h'], context: undefined });
  t.throws(() => parse(['-H', 'unix:///h', '--context', 'far', 'ps']), { message: /cannot specify both/ });
});

test('flags of the configuration and of TLS are variables, their paths absolute', (t) => {
  t.deepEqual(parse(['--config', 'mine', 'ps']).variables, { DOCKER_CONFIG: '/cwd/mine' });
  t.deepEqual(parse(['--tlsverify', '--tlscacert=ca.pem', '--tlscert', '/c', '--tlskey', 'k', 'ps']).variables, {
    GANTRY_TLS_CA: '/cwd/ca.pem',
    GANTRY_TLS_CERT: '/c',
    GANTRY_TLS_KEY: '/cwd/k',
    DOCKER_TLS_VERIFY: '1',
  });
  t.deepEqual(parse(['--tls', '--tlsverify=false', 'ps']).variables, { DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '' });
  t.throws(() => parse(['--tls', '-d']), { message: /needs --tlsverify/ });
  t.deepEqual(parse(['ps']).variables, {});
});

test('a line that is being typed says which daemon completes it, and is never wrong', (t) => {
  const typed = (...words: string[]) => parse(['__complete', ...words], { DOCKER_HOST: 'unix:///e' });
  t.like(typed('-H', 'tcp://h:1', '--root=/r', 'run', ''), {
    hosts: ['tcp://h:1'],
    root: '/r',
    argv: ['__complete', '-H', 'tcp://h:1', '--root=/r', 'run', ''],
  });
  t.like(typed('--root', '/half'), { root: '/var/lib/gantry', hosts: ['unix:///e'] });
  t.like(typed('-H', '--root', '-d', 'ps', ''), { daemon: false });
  t.like(typed('-d', ''), { daemon: false, argv: ['__complete', '-d', ''] });
  t.is(parseSettings(['__complete', 'ps'], { GANTRY_STORAGE_DRIVER: 'zfs' }, '/').storageDriver, undefined);
  t.deepEqual(typed('-v', '').argv, ['__complete', '-v', '']);
  t.deepEqual(typed().argv, ['__complete']);
});
