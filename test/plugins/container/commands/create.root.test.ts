import { mkdtempSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('create makes what start runs, and says its id', async (t) => {
  const { engine } = given;
  const id = await engine.ok('create', '--name', 'job', '-e', 'A=1', 'busybox', 'sh', '-c', 'echo $A');
  t.regex(id, /^[0-9a-f]{64}$/);
  t.regex(await engine.ok('ps', '-a', '-f', 'name=job'), / Created /);
  t.is(await engine.ok('start', '-a', 'job'), '1');
});

test.serial('--platform takes no image of another machine', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--platform', 'linux/amd64', 'busybox', 'true');
  const never = await engine.quick(['create', '--pull', 'never', '--platform', 'linux/s390x', 'busybox', 'true']);
  t.is(never.code, 1);
  t.regex(never.stderr, /busybox was found but does not provide the specified platform \(linux\/s390x\)/);
  await engine.ok('tag', 'busybox', '127.0.0.1:1/busybox');
  const missing = await engine.quick(['create', '--platform', 'linux/s390x', '127.0.0.1:1/busybox', 'true']);
  t.is(missing.code, 1);
  t.regex(missing.stderr, /^Unable to find image '127.0.0.1:1\/busybox:latest' locally\n.*\n.*cannot reach registry/);
});

test.serial('--cidfile has the id, and stands for one container', async (t) => {
  const { engine } = given;
  const cidfile = join(engine.root, 'cid');
  const id = await engine.ok('create', '--cidfile', cidfile, 'busybox', 'true');
  t.is(readFileSync(cidfile, 'utf8'), id);
  const before = await engine.ok('ps', '-aq');
  for (const [file, message] of [
    [cidfile, `the container ID file ${cidfile} is there already`],
    [`${cidfile}/x`, 'not a directory'],
    [`${engine.root}/none/x`, 'no such file or directory'],
  ] as const) {
    const { code, stderr } = await engine.docker(['run', '--cidfile', file, 'busybox', 'true']);
    t.is(code, 125);
    t.true(stderr.includes(message), stderr);
  }
  t.is(await engine.ok('ps', '-aq'), before);
  await engine.ok('run', '-d', `--cidfile=${cidfile}2`, 'busybox', 'true');
  t.is(readFileSync(`${cidfile}2`, 'utf8').length, 64);
});

test.serial('files of very many variables or labels are taken, or refused in words', async (t) => {
  const { engine } = given;
  const file = join(engine.root, 'lines');
  const write = (count: number, line: (index: number) => string): void => {
    writeFileSync(file, Array.from({ length: count }, (_, index) => `${line(index)}\n`).join(''));
  };
  const create = async (flag: string) => engine.docker(['create', flag, file, 'busybox', 'true']);
  write(65_000, (index) => `V${index % 4000}=v`);
  for (const flag of ['--env-file', '--label-file']) t.is((await create(flag)).code, 0);
  write(65_000, (index) => `V${index}=${'v'.repeat(30)}`);
  t.regex((await create('--env-file')).stderr, /: exec: "true": argument list too long \([^\n]+\)\n$/);
  t.regex((await create('--label-file')).stderr, /: too many labels: 65000, and 4096 are the most\n$/);
  write(16_385, (index) => `V${index}=v`);
  t.regex((await create('--env-file')).stderr, /: too many environment variables: 16385, and 16384 are the most\n$/);
  t.is((await engine.quick(['create', '--env-file', file, '-e', 'V0', 'busybox', 'true'])).code, 0);
  write(300_000, (index) => `V${index}=v`);
  for (const flag of ['--env-file', '--label-file'])
    t.regex((await create(flag)).stderr, /: \S+ has more than 65536 lines\n$/);
});

/** Each line ends with one message, and makes nothing. */
const REFUSED: readonly (readonly [flags: string, message: string])[] = [
  ['--restart sometimes', "invalid restart policy: unknown policy 'sometimes'"],
  ['--restart always --rm', 'cannot specify both --restart and --rm'],
  ['--restart-unhealthy', '--restart-unhealthy needs a health check'],
  ['--stop-signal NOPE', 'Invalid signal: NOPE'],
  ['--stop-timeout -2', 'invalid time: -2'],
  ['--ulimit nofile', 'invalid ulimit argument: nofile'],
  ['--ulimit wings=1', 'invalid ulimit type: wings'],
  ['--ulimit nofile=2:1', 'soft limit must be less than or equal to hard limit'],
  ['--cap-add FLY', 'invalid capability: "FLY"'],
  ['--device null', 'bad format for a device: "null"'],
  ['--device /dev/null:/x:q', 'bad format for a device'],
  ['--tmpfs run', "invalid mount path: 'run'"],
  ['--tmpfs /run:size=much', 'invalid tmpfs option "size=much"'],
  ['--tmpfs /x -v /tmp:/x', 'Duplicate mount point: /x'],
  ['-v a1:/x --mount src=b1,dst=/x', 'Duplicate mount point: /x'],
  ['--mount type=wormhole,target=/x', 'mount type unknown: "wormhole"'],
  ['--mount target=/x,colour=red', "unexpected key 'colour' in 'colour=red'"],
  ['--mount type=bind,target=/x', 'field Source must not be empty'],
  ['--volumes-from nosuch', 'No such container: nosuch'],
  ['--volumes-from nosuch:rx', 'invalid mode: rx'],
  ['--volume-driver nfs', 'error looking up volume plugin nfs: plugin "nfs" not found'],
  ['--storage-opt size=1g', '--storage-opt is supported only for overlay over xfs'],
  ['--mount type=bind,source=/nosuch,target=/x', 'bind source path does not exist: /nosuch'],
  ['--security-opt magic', 'invalid --security-opt: "magic"'],
  ['--security-opt seccomp=/nosuch', 'open /nosuch: no such file or directory'],
  ['--security-opt seccomp=/etc/passwd', "/etc/passwd is no profile in Docker's format"],
  ['--sysctl kernel.panic=1', "sysctl 'kernel.panic=1' is not allowed"],
  ['--sysctl net.ipv4.ip_forward=1 --network host', 'is not allowed'],
  ['--sysctl net/../kernel/panic=1', 'is not of the form NAME=VALUE'],
  ['--pids-limit -2', 'the limit of processes must be positive'],
  ['--cpus many', 'failed to parse many as a rational number'],
  ['--cpus 1.23456789012', 'value is too precise'],
  ['--cpus 1 --cpu-quota 5000', 'Nano CPUs and CPU Quota cannot both be set'],
  ['--cpu-period 999', 'CPU cfs period can not be less than 1ms'],
  ['--cpu-quota 999', 'CPU cfs quota can not be less than 1ms'],
  ['--cpu-rt-period 10 --cpu-rt-runtime 11', 'cpu real-time runtime cannot be higher than'],
  ['--cpuset-cpus 0-8000', 'Requested CPUs are not available - requested 0-8000, available: 0'],
  ['--cpuset-cpus 1-0', 'Invalid value 1-0 for cpuset cpus'],
  ['--cpuset-mems x', 'Invalid value x for cpuset mems'],
  ['--blkio-weight 9', 'Range of blkio weight is from 10 to 1000'],
  ['--blkio-weight-device /dev/null:5', 'invalid weight for device: /dev/null:5'],
  ['--device-read-bps /dev/null:1x', 'invalid rate for device: /dev/null:1x. The correct format is'],
  ['--device-write-iops null:1', 'bad format for device path: null:1'],
  ['--device-read-iops /dev/null', 'bad format: /dev/null'],
  ['--memory-swappiness 101', 'invalid value: 101, valid memory swappiness range is 0-100'],
  ['-m 64m --memory-reservation 65m', 'can not be less than memory reservation limit'],
  ['--memory-reservation 1m', 'Minimum memory reservation allowed is 6MB'],
  ['--cgroup-parent /mine', 'all containers are in the control group /gantry'],
  ['--cpus 100000', 'range of CPUs is from 0.01'],
  ['--cpu-shares -1', 'CPU shares must be positive: -1'],
  ['--memory-swap 64m', 'You should always set the Memory limit'],
  ['-m 64m --memory-swap 32m', 'should be larger than memory limit'],
  ['--add-host here', 'bad format for add-host: "here"'],
  ['--add-host here:there', 'invalid IP address in add-host: "there"'],
  ['--dns there', 'IP address is not correctly formatted: there'],
  ['--dns-search -', 'is not a valid domain'],
  ['--pull often', "invalid pull option: 'often'"],
  ['--userns mine', 'invalid USER mode: mine'],
  ['--ipc mine', 'invalid IPC mode: mine'],
  ['--pid container:', 'invalid PID mode: container:'],
  ['--pid container:nosuch', 'No such container: nosuch'],
  ['--ipc container:nosuch', 'No such container: nosuch'],
  ['--network bridge --network host', 'cannot attach both user-defined and non-user-defined network-modes'],
  ['--network bridge --network bridge', 'network "bridge" is specified multiple times'],
  ['--network bridge --network nosuch', 'network nosuch not found'],
  ['--network name=bridge,ip=1.2.3.4 --ip 1.2.3.5', 'cannot specify both --ip and per-network IPv4 address'],
  ['--link-local-ip 169.254.1.1', 'link-local addresses are not supported'],
  ['--network name=bridge,driver-opt=a=b', 'the driver bridge has no options: a=b'],
  ['--expose 80:80', 'invalid port format for --expose: 80:80'],
  ['--expose 90-80', 'invalid containerPort: 90-80'],
  ['--device-cgroup-rule rw', "invalid device cgroup format 'rw'"],
  ['--gpus all', 'could not select device driver "" with capabilities: [[gpu]]'],
  ['--runtime kata', 'unknown or invalid runtime name: kata'],
  ['--isolation hyperv', 'invalid isolation: hyperv'],
  ['--domainname a/b', 'invalid hostname: "a/b"'],
  ['--log-driver none --log-opt max-size=10m', 'invalid logging opts for driver none'],
  ['--uts mine', 'invalid UTS mode: mine'],
  ['--cgroupns mine', '--cgroupns: invalid CGROUP mode: mine'],
  ['--uts host --hostname x', 'hostname and the UTS mode'],
  ['--group-add a:b', 'invalid group: "a:b"'],
  ['--oom-score-adj 1001', 'range for oom score adj is [-1000, 1000]'],
  ['--annotation run.oci.handler=x', "is the runtime's own"],
  ['--health-cmd x --no-healthcheck', '--no-healthcheck conflicts with --health-* options'],
  ['--health-interval soon', 'invalid duration'],
  ['--health-interval 1d', 'invalid duration'],
  ['--health-interval -1s', '--health-interval cannot be negative'],
  ['--health-retries -1', '--health-retries cannot be negative'],
];

test.serial('nonsense is refused in one line, and nothing is made', async (t) => {
  const { engine } = given;
  const before = await engine.ok('ps', '-aq');
  for (const [flags, message] of REFUSED) {
    // What reads a file of the client's takes a client.
    const create = flags.includes('seccomp=') ? engine.docker : engine.quick;
    const { code, stdout, stderr } = await create.call(engine, ['create', ...flags.split(' '), 'busybox', 'true']);
    t.true(code === 1 || code === 125, `${flags}: ${code}`);
    t.is(stdout, '');
    t.true(stderr.split('\n')[0]?.includes(message), `${flags}: ${stderr}`);
  }
  t.is(await engine.ok('ps', '-aq'), before);
});

test.serial('a volume has the files of the image from the creation on, and is filled once', async (t) => {
  const { engine } = given;
  const files = (name: string): string[] => readdirSync(join(engine.root, 'volumes', name, '_data')).sort();
  await engine.ok('run', '--name', 'maker', 'busybox', 'sh', '-c', 'mkdir /data; echo f >/data/f; chmod 700 /data');
  await engine.ok('commit', 'maker', 'has-data');
  await engine.ok('create', '--name', 'filler', '-v', 'filled:/data', 'has-data', 'sleep', '1000');
  t.deepEqual(files('filled'), ['f']);
  t.is(statSync(join(engine.root, 'volumes/filled/_data')).mode & 0o777, 0o700);
  await engine.ok('start', 'filler');
  await engine.ok('exec', 'filler', 'sh', '-c', 'rm /data/f; chmod 711 /data');
  await engine.ok('restart', '-t', '0', 'filler');
  t.deepEqual(files('filled'), []);
  t.is(statSync(join(engine.root, 'volumes/filled/_data')).mode & 0o777, 0o711);
  await engine.ok('rm', '-f', 'filler');
});

test.serial('cp into what has never run finds its volumes, and keeps away from what is read-only', async (t) => {
  const { engine } = given;
  const gone = mkdtempSync(join(tmpdir(), 'gantry-gone-'));
  const mounts = ['-v', 'new:/not/there', '-v', `${engine.root}:/host:ro`, '-v', `${gone}:/gone`];
  await engine.ok('create', '--name', 'never', '--read-only', ...mounts, 'busybox', 'true');
  rmdirSync(gone);
  const cp = async (to: string): Promise<string> => (await engine.quick(['cp', '/etc/passwd', `never:${to}`])).stderr;
  t.is(await cp('/not/there/'), '');
  t.deepEqual(readdirSync(join(engine.root, 'volumes/new/_data')), ['passwd']);
  for (const to of ['/host/', '/tmp/']) t.regex(await cp(to), /passwd: the filesystem is read-only/);
});
