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
  t.deepEqual(parse(['-v']).argv, ['version', '--quiet']);
  t.throws(() => parse(['--root']), { message: 'flag needs an argument: --root' });
  t.is(parse(['--root=', 'ps']).root, '/var/lib/gantry');
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
