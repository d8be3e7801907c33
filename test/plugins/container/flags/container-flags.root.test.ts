import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { detectCgroups } from '../../../../src/plugins/container/cgroups/index.js';
import { engineFor, eventually } from '../../../support/engine.js';

/** What flags of `run` and `create` change inside a container. */
const given = engineFor(test);
const inside = (flags: string, script: string) =>
  given.engine.ok('run', '--rm', ...flags.split(' ').filter(Boolean), 'busybox', 'sh', '-c', script);

const EFFECTS: readonly (readonly [flags: string, script: string, output: RegExp])[] = [
  ['--init', 'tr "\\0" " " </proc/1/cmdline; ls /dev/init', /^\/dev\/init -- sh -c .*\n?\/dev\/init$/s],
  ['-e X=1', 'su nobody -s /bin/sh -c "echo up >/dev/stdout; echo down >/dev/stderr"', /^up\ndown$/],
  ['--ulimit nofile=100:200', 'ulimit -Sn; ulimit -Hn', /^100\n200$/],
  [
    '--ulimit core=-1 --ulimit data=1000000000:-1',
    'ulimit -c; ulimit -Hd; ulimit -Sd',
    /^unlimited\nunlimited\n976562$/,
  ],
  [
    '-e HOME= --name /edge-. -h my.host.example',
    'echo $HOME $HOSTNAME; tail -n1 /etc/hosts',
    /^\/root my\.host\.example\n\S+\tmy\.host\.example my$/,
  ],
  [`--name ${'long'.repeat(20)}-`, 'hostname | wc -c; echo $HOSTNAME | wc -c', /^13\n13$/],
  ['--shm-size 0', 'df -k /dev/shm | tail -n 1', /^shm +65536 /],
  ['--cap-drop ALL', 'grep CapBnd /proc/self/status', /\t0{16}$/],
  ['--cap-drop ALL --cap-add chown', 'grep CapBnd /proc/self/status', /\t0{15}1$/],
  ['--cap-add SYS_TIME', 'grep CapBnd /proc/self/status', /\t00000000aa0425fb$/],
  ['--device /dev/zero:/dev/nil:r', 'stat -c %t:%T /dev/nil; head -c 3 /dev/nil | wc -c', /^1:5\n3$/],
  ['--tmpfs /t:size=1m', 'df -k /t | tail -n 1', /^tmpfs +1024 /],
  ['--mount type=tmpfs,target=/t,tmpfs-size=2m', 'df -k /t | tail -n 1', /^tmpfs +2048 /],
  ['--mount type=bind,src=/etc,dst=/host,ro', 'ls /host/passwd; touch /host/x || echo refused', /passwd\n.*refused$/s],
  ['--security-opt no-new-privileges', 'grep NoNewPrivs /proc/self/status', /\t1$/],
  ['--cap-add MKNOD', 'dmesg 2>&1 >/dev/null | tail -n 1', /^dmesg: klogctl: Operation not permitted$/],
  ['--cap-add SYSLOG', 'dmesg >/dev/null && echo read', /^read$/],
  ['--security-opt seccomp=unconfined', 'grep Seccomp: /proc/self/status', /\t0$/],
  ['--sysctl net.ipv4.ip_forward=1', 'cat /proc/sys/net/ipv4/ip_forward', /^1$/],
  ['--sysctl kernel.shmmni=17', 'cat /proc/sys/kernel/shmmni', /^17$/],
  ['--shm-size 1m', 'df -k /dev/shm | tail -n 1', /^shm +1024 /],
  ['--ipc none', 'touch /dev/shm/x || echo refused', /refused$/],
  ['--add-host ship:192.0.2.7', 'grep ship /etc/hosts', /^192\.0\.2\.7\tship$/],
  ['--dns 192.0.2.8 --dns-search a.test', 'cat /etc/resolv.conf', /search a\.test\nnameserver 192\.0\.2\.8$/],
  ['--group-add 50 --group-add daemon', 'id -G', /^0 50 1$|^0 1 50$/],
  ['--pid host', 'ls -d /proc/[0-9]* | wc -l', /^\d{2,}$/],
  ['--oom-score-adj 77', 'cat /proc/self/oom_score_adj', /^77$/],
  ['--cpus 0.5', 'cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cat /sys/fs/cgroup/cpu.max', /^50000/],
  [
    '--cpu-period 50000 --cpu-quota 25000 --cpuset-cpus 0 --cpuset-mems 0 -c 1',
    `cd /sys/fs/cgroup; if [ -d cpu ]
      then cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpuset/cpuset.cpus cpuset/cpuset.mems cpu/cpu.shares
      else tr ' ' '\\n' <cpu.max; cat cpuset.cpus cpuset.mems; echo 2
    fi`,
    /^25000\n50000\n0\n0\n2$/,
  ],
  ['--cpus 1/2', 'cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cat /sys/fs/cgroup/cpu.max', /^50000/],
  ['--ulimit nofile=100 --ulimit nofile=150', 'ulimit -n', /^150$/],
  ['--pids-limit 9', 'cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max', /^9$/],
];

for (const [flags, script, output] of EFFECTS) {
  test(flags, async (t) => {
    t.regex(await inside(flags, `exec 2>&1; ${script}`), output);
  });
}

test('--uts host has the host’s name, --ipc host its shared memory', async (t) => {
  const { engine } = given;
  t.is(await inside('--uts host', 'cat /proc/sys/kernel/hostname'), hostname());
  const marker = `gantry-ipc-${process.pid}`;
  writeFileSync(`/dev/shm/${marker}`, '');
  t.teardown(() => rmSync(`/dev/shm/${marker}`));
  t.is(await engine.ok('run', '--rm', '--ipc', 'host', 'busybox', 'ls', `/dev/shm/${marker}`), `/dev/shm/${marker}`);
});

test('--cgroupns chooses whose control groups it sees; on version 1 it is in a group of each hierarchy, cgroup2 too', async (t) => {
  const groups = async (flags: string) => (await inside(flags, 'cat /proc/self/cgroup')).split('\n');
  const named = /:\/gantry\/[0-9a-f]{64}$/;
  t.true((await groups('--cgroupns private')).every((line) => line.endsWith(':/')));
  t.true((await groups('--cgroupns host')).every((line) => named.test(line)));
  const isV2 = detectCgroups().mode === 'v2';
  t.true((await groups('')).every((line) => line.endsWith(':/') === isV2));
  const id = await given.engine.ok('create', '--cgroupns', 'private', 'busybox', 'true');
  t.is(await given.engine.ok('inspect', '-f', '{{.HostConfig.CgroupnsMode}}', id), 'private');
});

test('limits that the kernel does not have are discarded with Docker’s warning, all others hold', async (t) => {
  const { engine } = given;
  const { mode } = detectCgroups();
  const flags = ['-m', '50m', '--memory-reservation', '20m', '--memory-swappiness', '33', '--oom-kill-disable'];
  const files =
    mode === 'v2' ? ['memory.low'] : ['memory.soft_limit_in_bytes', 'memory.swappiness', 'memory.oom_control'];
  const script = `cd /sys/fs/cgroup; [ -d memory ] && cd memory; cat ${files.join(' ')}`;
  const { stdout, stderr } = await engine.docker(['run', '--rm', ...flags, 'busybox', 'sh', '-c', script]);
  t.is(stdout.split('\n')[0], String(20 << 20));
  if (mode === 'v2') t.regex(stderr, /WARNING: Your kernel does not support memory swappiness .* discarded\.\n/);
  else t.regex(stdout, /^\d+\n33\noom_kill_disable 1\n/);
  const id = await engine.ok('create', ...flags, 'busybox', 'true');
  const [{ HostConfig }] = JSON.parse(await engine.ok('inspect', id));
  t.like(HostConfig, { MemoryReservation: 20 << 20, CpuQuota: 0, CpusetCpus: '', BlkioWeight: 0 });
  t.is(HostConfig.OomKillDisable, mode !== 'v2');
});

test('rates at devices are the kernel’s, by the device’s number', async (t) => {
  const { engine } = given;
  const disk = readdirSync('/sys/block').find((name) => existsSync(`/dev/${name}`));
  if (!disk || detectCgroups().mode === 'v2') return void t.pass('there is none, or the host has no files for it');
  const flags = ['--device-read-bps', `/dev/${disk}:1mb`, '--device-write-iops', `/dev/${disk}:100`];
  const files = ['read_bps', 'write_iops'].map((name) => `/sys/fs/cgroup/blkio/blkio.throttle.${name}_device`);
  const number = readFileSync(`/sys/block/${disk}/dev`, 'latin1').trim();
  const output = await engine.ok('run', '--rm', ...flags, 'busybox', 'cat', ...files);
  t.is(output, `${number} ${1 << 20}\n${number} 100`);
});

test('a privileged container that gets the host’s control groups does not get the host’s tmpfs', async (t) => {
  if (detectCgroups().mode === 'v2') return void t.pass('it has none');
  const device = await inside('--privileged -v /sys/fs/cgroup:/sys/fs/cgroup:ro', 'stat -c %d /sys/fs/cgroup');
  t.regex(device, /^\d+$/);
  t.not(device, String(statSync('/sys/fs/cgroup').dev));
});

test('--security-opt seccomp=FILE is the client’s file', async (t) => {
  const { engine } = given;
  const file = join(engine.root, 'profile.json');
  const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' };
  writeFileSync(file, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }));
  const { stderr } = await engine.docker(
    ['run', '--rm', '--security-opt', 'seccomp=profile.json', 'busybox', 'mkdir', '/x'],
    { cwd: engine.root },
  );
  t.regex(stderr, /mkdir: .*Operation not permitted/);
});

test('--stop-signal and --stop-timeout decide how it is stopped', async (t) => {
  const { engine } = given;
  const trap = 'trap "exit 7" USR1; trap "" TERM; echo ready; while :; do sleep 0.05; done';
  await engine.ok('run', '-d', '--name', 'polite', '--stop-signal', 'USR1', 'busybox', 'sh', '-c', trap);
  await engine.ok('run', '-d', '--name', 'rude', '--stop-timeout', '0', 'busybox', 'sh', '-c', trap);
  for (const name of ['polite', 'rude']) await eventually(async () => (await engine.ok('logs', name)) === 'ready');
  await engine.ok('stop', 'polite', 'rude');
  t.is(await engine.ok('wait', 'polite'), '7');
  t.is(await engine.ok('wait', 'rude'), '137');
});

test('programs of volumes run, those that a script in one cannot have are told, and accounts are those of the container', async (t) => {
  const { engine } = given;
  const own = mkdtempSync(join(engine.root, 'own-'));
  const put = (name: string, text: string, mode = 0o755) => writeFileSync(join(own, name), text, { mode });
  put('run.sh', '#!/bin/sh\necho "$0" "$(id -un)" "$HOME"\n');
  put('dos.sh', '#!/bin/sh\r\necho no\r\n');
  put('passwd', 'ken:x:7:7::/home/ken:/bin/sh\n', 0o644);
  const mounts = ['-v', `${own}/run.sh:/opt/run`, '-v', `${own}:/d`, '-v', `${own}/passwd:/etc/passwd`];
  const run = (...words: string[]) => engine.quick(['run', '--rm', ...mounts, ...words]);
  t.is((await run('-u', 'ken', 'busybox', '/opt/run')).stdout, '/opt/run ken /home/ken\n');
  t.is(
    (await run('-e', 'PATH=/bin:/opt', '--entrypoint', 'run', '-u', '7', 'busybox')).stdout,
    '/opt/run ken /home/ken\n',
  );
  const broken = await run('busybox', '/d/dos.sh');
  t.is(broken.code, 127);
  t.regex(broken.stderr, /its interpreter "\/bin\/sh\\r": no such file or directory/);
});

test('a size that is empty, and a limit that the host cannot give, are refused', async (t) => {
  const { engine } = given;
  for (const flag of ['-m', '--memory-swap', '--cpus', '--shm-size']) {
    const { code, stderr } = await engine.quick(['create', flag, '', 'busybox', 'true']);
    t.is(code, 125, flag);
    t.regex(stderr, /invalid argument "" for/);
  }
  const { code, stderr } = await engine.quick(['create', '--ulimit', 'nofile=1:99999999999', 'busybox', 'true']);
  t.is(code, 1);
  t.regex(stderr, /ulimit nofile: the engine can give \d+ at most, not 99999999999/);
});

const FILL = 'x=$(head -c 60m /dev/zero | tr "\\0" a)';
const oomEvents = async (name: string) => {
  const events = await given.engine.ok(
    'events',
    '--since',
    '1h',
    '--until',
    '0s',
    '-f',
    `container=${name}`,
    '-f',
    'event=oom',
  );
  return events.split('\n').filter(Boolean).length;
};
const oomKilled = (name: string) => given.engine.ok('inspect', '-f', '{{.State.OOMKilled}} {{.State.Status}}', name);

test('what the kernel ends for want of memory says so, and the next run does not', async (t) => {
  const { engine } = given;
  const script = `[ -e /ran ] && exit 1; touch /ran; ${FILL}`;
  await engine.docker(['run', '--name', 'greedy', '-m', '20m', 'busybox', 'sh', '-c', script]);
  const [{ State }] = JSON.parse(await engine.ok('inspect', 'greedy'));
  t.like(State, { OOMKilled: true, ExitCode: 137 });
  t.is(await oomEvents('greedy'), 1);
  await engine.docker(['start', '-a', 'greedy']);
  t.is(await oomKilled('greedy'), 'false exited');
  t.is(await oomEvents('greedy'), 1);
});

test('a child, or a program of exec, that the kernel ends for want of memory counts while the container runs on', async (t) => {
  const { engine } = given;
  const limits = ['-m', '20m', 'busybox', 'sh', '-c'];
  await engine.ok('run', '-d', '--name', 'parent', ...limits, `sh -c '${FILL}'; sleep 1000`);
  await eventually(async () => (await oomKilled('parent')) === 'true running');
  t.is(await oomEvents('parent'), 1);
  await engine.ok('run', '-d', '--name', 'host', ...limits, 'sleep 1000');
  t.is((await engine.docker(['exec', 'host', 'sh', '-c', FILL])).code, 137);
  t.is(await oomKilled('host'), 'true running');
  t.is(await oomEvents('host'), 1);
});
