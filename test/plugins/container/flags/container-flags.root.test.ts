import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { detectCgroups } from '../../../../src/plugins/container/cgroups/index.js';
import { engineFor, eventually } from '../../../support/engine.js';

/** What flags of `run` and `create` change inside a container. */
const given = engineFor(test);
const inside = (flags: string, script: string) =>
  given.engine.ok('run', '--rm', ...flags.split(' ').filter(Boolean), 'busybox', 'sh', '-c', script);

/** On the host's own network: its files, and what was asked for. */
function hostFiles(): RegExp {
  const text = `192.0.2.9\th9\n${readFileSync('/etc/resolv.conf', 'utf8').trim()}`;
  return new RegExp(`^${text.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&')}$`);
}

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
  ['--sysctl net.ipv4.conf.eth0.rp_filter=2', 'cat /proc/sys/net/ipv4/conf/eth0/rp_filter', /^2$/],
  ['--sysctl net.ipv6.conf.all.disable_ipv6=1', 'ip -6 addr; ip -4 addr show eth0 | grep -c inet', /^1$/],
  ['--sysctl net.ipv6.conf.default.disable_ipv6=1', 'ip -6 addr show eth0 | wc -l', /^0$/],
  ['--network host --add-host h9:192.0.2.9', `tail -n1 /etc/hosts; cat /etc/resolv.conf`, hostFiles()],
  ['--shm-size 0', 'df -k /dev/shm | tail -n 1', /^shm +65536 /],
  ['--cap-drop ALL', 'grep CapBnd /proc/self/status', /\t0{16}$/],
  ['--cap-drop ALL --cap-add chown', 'grep CapBnd /proc/self/status', /\t0{15}1$/],
  ['--cap-add SYS_TIME', 'grep CapBnd /proc/self/status', /\t00000000aa0425fb$/],
  ['--device /dev/zero:/dev/nil:r', 'stat -c %t:%T /dev/nil; head -c 3 /dev/nil | wc -c', /^1:5\n3$/],
  ['--tmpfs /t:size=1m', 'df -k /t | tail -n 1', /^tmpfs +1024 /],
  ['--mount type=tmpfs,target=/t,tmpfs-size=2m', 'df -k /t | tail -n 1', /^tmpfs +2048 /],
  ['--mount type=bind,src=/etc,dst=/host,ro', 'ls /host/passwd; touch /host/x || echo refused', /passwd\n.*refused$/s],
  ['--tmpfs /etc/ssl --tmpfs /root:mode=711 --tmpfs /n', 'stat -c %a /etc/ssl /root /n', /^1777\n711\n1777$/],
  [
    '--read-only',
    'cd /etc; for f in host* resolv.conf; do echo x >>$f; done; true',
    /^(sh: can't create (hosts|hostname|resolv.conf): Read-only file system\n?){3}$/,
  ],
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
  [
    '-h web --domainname ex.test --dns-opt ndots:3 --dns-option rotate',
    'cat /proc/sys/kernel/domainname; tail -n 1 /etc/hosts; grep options /etc/resolv.conf; hostname',
    /^ex\.test\n\S+\tweb\.ex\.test web\noptions ndots:3 rotate\nweb$/,
  ],
  [
    '--security-opt systempaths=unconfined --security-opt label=disable --security-opt apparmor=unconfined',
    'grep -c " /proc/" /proc/self/mountinfo || true; test -w /proc/sys/kernel/panic && echo writable',
    /^0\nwritable$/,
  ],
  [
    '--security-opt writable-cgroups=true',
    'grep " /sys/fs/cgroup" /proc/self/mountinfo | grep -c " ro," || true',
    /^0$/,
  ],
  ['--group-add= --pull= --annotation a', 'id -G', /^0$/],
  ['--oom-score-adj=0x10', 'cat /proc/self/oom_score_adj', /^16$/],
  ['--pids-limit 9', 'cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max', /^9$/],
];

for (const [flags, script, output] of EFFECTS) {
  test(flags, async (t) => {
    t.regex(await inside(flags, `exec 2>&1; ${script}`), output);
  });
}

test('a tmpfs has the mode of the folder beneath, also by way of a link and in a volume', async (t) => {
  const { engine } = given;
  const folders = 'mkdir -m 700 /own; mkdir -m 3775 /shared; ln -s /shared /link';
  await engine.ok('run', '--name', 'modes', 'busybox', 'sh', '-c', folders);
  await engine.ok('commit', 'modes', 'modes');
  await engine.ok('volume', 'create', 'modes');
  await engine.ok('run', '--rm', '-v', 'modes:/v', 'busybox', 'mkdir', '-m', '710', '/v/x');
  const mounts = '--tmpfs /own --mount type=tmpfs,target=/link -v modes:/v --tmpfs /v/x --tmpfs /dev/new'.split(' ');
  const script = 'stat -c %a /own /shared /v/x /dev/new; grep -c "^tmpfs /\\(own\\|v/x\\|dev/new\\) " /proc/mounts';
  t.is(await engine.ok('run', '--rm', ...mounts, 'modes', 'sh', '-c', script), '700\n3775\n710\n1777\n3');
});

test('no way of starting a program gives it /dev/null, its own or the host’s', async (t) => {
  const { engine } = given;
  const user = ['-u', '12345:12345'];
  const state = 'stat -c "%u:%g %a" /dev/null; echo x >/dev/null; cat /dev/null; readlink /proc/self/fd/0';
  t.is(await engine.ok('run', '--rm', ...user, 'busybox', 'sh', '-c', state), '0:0 666\n/dev/null');
  t.is(await engine.ok('run', '--rm', '-v', '/dev:/dev', ...user, 'busybox', 'sh', '-c', state), '0:0 666\n/dev/null');
  await engine.ok('run', '--rm', '-v', '/dev/null:/dev/null', ...user, 'busybox', 'true');
  await engine.ok('run', '--rm', '-i', '-v', '/dev:/dev', ...user, 'busybox', 'true');
  const health = ['--health-cmd', 'true', '--health-interval', '100ms'];
  await engine.ok('run', '-d', '--name', 'nobody', ...health, '-v', '/dev:/dev', ...user, 'busybox', 'sleep', '60');
  t.is(await engine.ok('exec', 'nobody', 'sh', '-c', state), '0:0 666\n/dev/null');
  await engine.ok('exec', '-u', '23456', '-d', 'nobody', 'true');
  await eventually(async () => (await engine.ok('inspect', '-f', '{{.State.Health.Status}}', 'nobody')) === 'healthy');
  await engine.ok('rm', '-f', 'nobody');
  const { uid, gid, mode } = statSync('/dev/null');
  if (uid !== 0) chownSync('/dev/null', 0, 0);
  t.deepEqual([uid, gid, mode & 0o777], [0, 0, 0o666]);
});

test('mount points in a bound folder are for everybody to read', async (t) => {
  const { engine } = given;
  const folder = join(engine.root, 'bound');
  mkdirSync(folder);
  const mounts = ['-v', `${folder}:/etc`, '-v', '/etc/passwd:/etc/a/b', '--tmpfs', '/etc/t'];
  t.is(await engine.ok('run', '--rm', ...mounts, 'busybox', 'stat', '-c', '%a', '/etc/t'), '1777');
  const modes = ['hosts', 'hostname', 'resolv.conf', 'a', 'a/b', 't'].map(
    (name) => statSync(join(folder, name)).mode & 0o777,
  );
  t.deepEqual(modes, [0o644, 0o644, 0o644, 0o755, 0o644, 0o755]);
});

test('--uts host has the host’s name, --ipc host its shared memory', async (t) => {
  const { engine } = given;
  t.is(await inside('--uts host', 'cat /proc/sys/kernel/hostname'), hostname());
  const marker = `gantry-ipc-${process.pid}`;
  writeFileSync(`/dev/shm/${marker}`, '');
  t.teardown(() => rmSync(`/dev/shm/${marker}`));
  t.is(await engine.ok('run', '--rm', '--ipc', 'host', 'busybox', 'ls', `/dev/shm/${marker}`), `/dev/shm/${marker}`);
});

test('a process namespace and an IPC namespace are another container’s, with its shared memory', async (t) => {
  const { engine } = given;
  const script = 'echo shared >/dev/shm/f; exec sleep 1000';
  await engine.ok('run', '-d', '--name', 'donor', '--ipc', 'shareable', 'busybox', 'sh', '-c', script);
  const look = 'cat /dev/shm/f; ps -o args | grep -c "^sleep 1000"; cd /proc/self/ns; readlink ipc; readlink pid';
  const [file, count, ...namespaces] = (await inside('--ipc container:donor --pid container:donor', look)).split('\n');
  t.deepEqual([file, count], ['shared', '1']);
  const theirs = await engine.ok('exec', 'donor', 'sh', '-c', 'cd /proc/self/ns; readlink ipc; readlink pid');
  t.deepEqual(namespaces, theirs.split('\n'));
  const id = await engine.ok('create', '--ipc', 'container:donor', '--pid', 'container:donor', 'busybox', 'true');
  const donor = await engine.ok('inspect', '-f', '{{.Id}}', 'donor');
  const modes = await engine.ok('inspect', '-f', '{{.HostConfig.IpcMode}} {{.HostConfig.PidMode}}', id);
  t.is(modes, `container:${donor} container:${donor}`);
  await engine.ok('run', '-d', '--name', 'closed', 'busybox', 'sleep', '1000');
  const refused = async (flag: string) => (await engine.quick(['run', '--rm', flag, 'busybox', 'true'])).stderr;
  t.regex(await refused('--ipc=container:closed'), /can't join IPC of container closed: non-shareable IPC/);
  await engine.ok('rm', '-f', 'closed', 'donor');
  t.regex((await engine.quick(['start', '-a', id])).stderr, /No such container: [0-9a-f]{64}/);
});

test('--device-cgroup-rule lets it use what it makes a node of', async (t) => {
  if (detectCgroups().mode === 'v2') return void t.pass('rules are a program there, which no file shows');
  const flags = ['--rm', '--device-cgroup-rule', 'c 10:* rwm', '--device-cgroup-rule', 'b *:7 r'];
  const list = await given.engine.ok('run', ...flags, 'busybox', 'cat', '/sys/fs/cgroup/devices/devices.list');
  t.true(
    ['c 10:* rwm', 'b *:7 r'].every((rule) => list.split('\n').includes(rule)),
    list,
  );
});

test('what is exposed is in inspect, is published by -P, and stays in an image of it', async (t) => {
  const { engine } = given;
  const flags = ['--expose', '7000-7001', '--expose', '53/udp', '--expose', '5000/sctp', '-P', '-p', '7000'];
  await engine.ok('run', '-d', '--name', 'exposing', ...flags, 'busybox', 'sleep', '1000');
  const [{ Config, NetworkSettings }] = JSON.parse(await engine.ok('inspect', 'exposing'));
  const ports = ['5000/sctp', '53/udp', '7000/tcp', '7001/tcp'];
  t.deepEqual(Object.keys(Config.ExposedPorts).sort(), ports);
  t.deepEqual(Object.keys(NetworkSettings.Ports).sort(), ports);
  await engine.ok('commit', 'exposing', 'exposed');
  const [image] = JSON.parse(await engine.ok('image', 'inspect', 'exposed'));
  t.deepEqual(Object.keys(image.Config.ExposedPorts).sort(), ports);
  await engine.ok('rm', '-f', 'exposing');
});

test('of a range of the host the first free port is taken', async (t) => {
  const { engine } = given;
  const publish = (name: string) =>
    engine.quick(['run', '-d', '--name', name, '-p', '127.0.0.1:18500-18501:80', 'busybox', 'sleep', '1000']);
  for (const name of ['r1', 'r2']) t.is((await publish(name)).code, 0);
  t.is(await engine.ok('port', 'r1', '80'), '127.0.0.1:18500');
  t.is(await engine.ok('port', 'r2', '80'), '127.0.0.1:18501');
  t.regex((await publish('r3')).stderr, /Bind for 127\.0\.0\.1:18501 failed: port is already allocated/);
  const format = '{{json .HostConfig.PortBindings}}';
  t.is(await engine.ok('inspect', '-f', format, 'r2'), '{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"18500-18501"}]}');
  await engine.ok('rm', '-f', 'r1', 'r2', 'r3');
});

test('several networks, each with names and addresses of its own', async (t) => {
  const { engine } = given;
  for (const name of ['net1', 'net2']) await engine.ok('network', 'create', name);
  const flags = [
    '--network',
    'net1',
    '--net-alias',
    'one',
    '--network',
    'name=net2,alias=two,mac-address=02-42-ac-11-00-99',
  ];
  await engine.ok('run', '-d', '--name', 'both', ...flags, 'busybox', 'sleep', '1000');
  const [{ NetworkSettings, HostConfig }] = JSON.parse(await engine.ok('inspect', 'both'));
  t.is(HostConfig.NetworkMode, 'net1');
  t.deepEqual(Object.keys(NetworkSettings.Networks).sort(), ['net1', 'net2']);
  t.is(await engine.ok('exec', 'both', 'cat', '/sys/class/net/eth1/address'), '02:42:ac:11:00:99');
  const asks = (network: string, name: string) =>
    engine.quick(['run', '--rm', '--network', network, 'busybox', 'grep', '-w', name, '/etc/hosts']);
  t.is((await asks('net1', 'one')).code, 0);
  t.is((await asks('net2', 'two')).code, 0);
  t.is((await asks('net2', 'one')).code, 1);
  const first = ['--network', 'net1', '--network', 'name=net2,gw-priority=1'];
  const route = await engine.ok('run', '--rm', ...first, 'busybox', 'ip', 'route');
  const subnet = JSON.parse(await engine.ok('network', 'inspect', 'net2'))[0].IPAM.Config[0].Gateway;
  t.true(route.startsWith(`default via ${subnet} `), route);
  const id = await engine.ok('create', ...first, 'busybox', 'true');
  const priorities = '{{range .NetworkSettings.Networks}}{{.GwPriority}} {{end}}';
  t.is(await engine.ok('inspect', '-f', priorities, id), '0 1 ');
  await engine.ok('rm', '-f', 'both', id);
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
