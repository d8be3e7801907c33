import { spawnSync } from 'node:child_process';
import test from 'ava';
import { DOCKER, TestEngine } from '../../support/engine.js';

const engine = new TestEngine();
test.before(() => engine.importImage('busybox'));
test.after.always(() => engine.destroy());

/** A call without a daemon, on a host that lacks something. `"$@"` is the command. */
function run(host: string, ...args: readonly string[]) {
  const script = [
    'unshare',
    ['-m', 'sh', '-c', host, 'sh', DOCKER, ...args],
    { env: engine.env, encoding: 'utf8' },
  ] as const;
  const { status, stdout, stderr } = spawnSync(...script);
  return { status, stdout, stderr };
}

const WITHOUT_RIGHTS = 'exec setpriv --bounding-set -net_admin "$@"';
const hide = (tool: string): string =>
  `for file in $(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin which -a ${tool}); do mount --bind /dev/null $(readlink -f $file); done; exec "$@"`;
const hosts: [what: string, host: string, message: RegExp][] = [
  ['no CAP_NET_ADMIN', WITHOUT_RIGHTS, /this host lets the engine make no bridge: /],
  [
    'a /proc/sys that is read-only',
    'mount --bind -o ro /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys; exec "$@"',
    /this host lets the engine make no bridge: EROFS/,
  ],
  ['no nft', hide('nft'), /nft cannot be run .*Install the package nftables/],
];

for (const [what, host, message] of hosts) {
  test.serial(`${what}: it is said in one line, with what works`, (t) => {
    const { status, stderr } = run(host, 'run', '--rm', 'busybox', 'true');
    t.is(status, 125);
    t.regex(stderr, message);
    t.regex(stderr, /`--network host` and `--network none` need no bridge/);
    t.notRegex(stderr, /internal error|^\s+at /m);
  });

  test.serial(`${what}: a network cannot be made`, (t) => {
    const { status, stderr } = run(host, 'network', 'create', 'site');
    t.is(status, 1);
    t.regex(stderr, message);
  });

  for (const network of ['none', 'host']) {
    test.serial(`${what}: --network ${network} works`, (t) => {
      const { status, stdout, stderr } = run(host, 'run', '--rm', '--network', network, 'busybox', 'echo', 'fine');
      t.is(stderr, '');
      t.is(stdout, 'fine\n');
      t.is(status, 0);
    });
  }
}

test.serial('no ip: a container runs all the same', (t) => {
  const { status, stdout, stderr } = run(hide('ip'), 'run', '--rm', 'busybox', 'echo', 'fine');
  t.deepEqual([status, stdout, stderr], [0, 'fine\n', '']);
});

test.serial('nothing stays of all that was refused: no container, no row of a network', (t) => {
  t.is(run('exec "$@"', 'ps', '-aq').stdout, '');
  t.is(run('exec "$@"', 'network', 'ls', '-q', '-f', 'type=custom').stdout, '');
});
