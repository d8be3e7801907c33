import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { detectCgroups } from '../../../../src/plugins/container/cgroups/cgroup-mode.js';
import { buildSpec, type SpecInput } from '../../../../src/plugins/container/oci/spec.js';
import { DEFAULT_CAPABILITIES } from '../../../../src/plugins/container/parsers/capabilities.js';
import { loadSeccomp } from '../../../../src/plugins/container/seccomp/load-profile.js';
import { temporaryFolder } from '../../../sysinit/temporary-root.js';
import { busyboxBundle, type RunResult, runBundle, specInput } from '../support/oci-harness.js';

const RUNTIMES = ['crun', 'runc'] as const;
/** The bits of Docker's 14 capabilities. */
const DOCKER_CAPABILITIES = '00000000a80425fb';

async function shell(
  t: ExecutionContext,
  runtime: 'crun' | 'runc',
  script: string,
  more: Partial<SpecInput> = {},
  bundle = busyboxBundle(t),
): Promise<RunResult & { readonly lines: readonly string[] }> {
  const input = specInput({ args: ['sh', '-c', script], seccomp: loadSeccomp('', DEFAULT_CAPABILITIES), ...more });
  const result = await runBundle(bundle, runtime, input);
  t.false(cgroupIsLeft(input.cgroupsPath), 'the cgroup is gone');
  return { ...result, lines: result.stdout.trimEnd().split('\n') };
}

function cgroupIsLeft(path: string): boolean {
  return ['', ...readdirSync('/sys/fs/cgroup')].some((name) => existsSync(join('/sys/fs/cgroup', name, path)));
}

for (const runtime of RUNTIMES) {
  test(`${runtime}: user, groups, capabilities, seccomp and privileges`, async (t) => {
    const script = 'id; umask; grep -E "^(Cap...|Seccomp|NoNewPrivs):" /proc/self/status';
    const root = await shell(t, runtime, script);
    t.is(root.stderr, '');
    t.deepEqual(root.lines, [
      'uid=0(root) gid=0(root) groups=0(root)',
      '0022',
      `CapInh:\t${'0'.repeat(16)}`,
      `CapPrm:\t${DOCKER_CAPABILITIES}`,
      `CapEff:\t${DOCKER_CAPABILITIES}`,
      `CapBnd:\t${DOCKER_CAPABILITIES}`,
      `CapAmb:\t${'0'.repeat(16)}`,
      'NoNewPrivs:\t0',
      'Seccomp:\t2',
    ]);
    const user = { uid: 1, gid: 1, additionalGids: [1, 50] };
    const daemon = await shell(t, runtime, script, { user, noNewPrivileges: true });
    t.is(daemon.lines[0], 'uid=1(daemon) gid=1(daemon) groups=1(daemon),50(staff)');
    t.true(daemon.lines.includes(`CapEff:\t${'0'.repeat(16)}`));
    t.true(daemon.lines.includes('NoNewPrivs:\t1'));
  });

  test(`${runtime}: environment, host name, arguments, directory and exit code`, async (t) => {
    const env = ['PATH=/bin', 'HOME=/', 'A=b c', 'EMPTY=', 'QUOTED="x"\n$y'];
    const printed = await shell(t, runtime, '', { args: ['env'], env });
    t.is(printed.stdout, `${env.join('\n')}\n`);
    const result = await shell(t, runtime, 'hostname; echo "$0|$1"; pwd; exit 42', {
      args: ['sh', '-c', 'hostname; echo "$0|$1"; pwd; exit 42', 'zero', ''],
      cwd: '/tmp/made',
    });
    t.deepEqual(result.lines, ['box', 'zero|', '/tmp/made']);
    t.is(result.exitCode, 42);
  });

  test(`${runtime}: masked and read-only paths`, async (t) => {
    const script = [
      'cat /proc/kcore /proc/interrupts /proc/timer_list /proc/keys | head -c1 | wc -c',
      'ls /sys/firmware /proc/acpi /proc/scsi | grep -v ":$" | grep .',
      'for file in /proc/sys/kernel/domainname /proc/sysrq-trigger /proc/irq/default_smp_affinity /proc/bus/x \\',
      '  /sys/kernel/profiling /sys/fs/cgroup/*/memory.limit_in_bytes /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/cgroup.procs',
      'do [ -e $file ] && (: >>$file) && echo "open: $file"; done',
      'grep -E " /sys/fs/cgroup.* cgroup2? rw" /proc/mounts',
      'busybox mkdir /sys/fs/cgroup/x && echo made',
      'echo end',
    ].join('\n');
    const { lines } = await shell(t, runtime, `(${script}) 2>/dev/null`);
    t.deepEqual(lines, ['0', 'end']);
  });

  test(`${runtime}: a read-only root`, async (t) => {
    const { lines } = await shell(t, runtime, 'touch /x 2>&1; touch /dev/shm/y && echo shm', { readOnlyRoot: true });
    t.deepEqual(lines, ['touch: /x: Read-only file system', 'shm']);
  });

  test(`${runtime}: /dev is its own`, async (t) => {
    const script = [
      'ls /dev; grep -E " /dev(/shm|/pts|/mqueue)? " /proc/mounts | while read a b c d; do echo "$b $c"; done',
      'head -c4 /dev/zero >/dev/null && echo zero; echo x >/dev/full || echo full',
      'mknod /tmp/mem c 1 1 && echo made; head -c1 /tmp/mem || echo denied',
      'mknod /tmp/fuse c 10 229 && head -c1 /tmp/fuse || echo denied',
      'stat -f -c "%b %S" /dev/shm',
    ].join('\n');
    const { lines } = await shell(t, runtime, `(${script}) 2>/dev/null`);
    const devices = 'core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(' ');
    t.deepEqual(
      lines.slice(0, lines.indexOf('/dev tmpfs')).filter((name) => name !== 'core'),
      devices.slice(1),
    );
    t.deepEqual(lines.slice(lines.indexOf('/dev tmpfs')), [
      '/dev tmpfs',
      '/dev/pts devpts',
      ...(lines.indexOf('/dev/shm tmpfs') < lines.indexOf('/dev/mqueue mqueue')
        ? ['/dev/shm tmpfs', '/dev/mqueue mqueue']
        : ['/dev/mqueue mqueue', '/dev/shm tmpfs']),
      'zero',
      'full',
      'made',
      'denied',
      'denied',
      '16384 4096',
    ]);
  });

  test(`${runtime}: the network namespace of its caller, and a view of no other`, async (t) => {
    const { lines } = await shell(
      t,
      runtime,
      'ls /sys/class/net; grep -c : /proc/net/dev; grep -c " /sys sysfs ro" /proc/mounts',
    );
    t.deepEqual(lines, ['lo', '1', '1']);
  });

  test(`${runtime}: limits of memory, processes and files`, async (t) => {
    const v2 = detectCgroups().mode === 'v2';
    const files = v2
      ? 'memory.max memory.swap.max pids.max'
      : '*/memory.limit_in_bytes */memory.memsw.limit_in_bytes */pids.max';
    const resources = { memory: 64 * 1024 ** 2, limitsSwap: true, pidsLimit: 100 };
    const { lines } = await shell(t, runtime, `cd /sys/fs/cgroup; cat ${files}; ulimit -n; cat /proc/self/cgroup`, {
      resources,
    });
    t.deepEqual(lines.slice(0, 4), ['67108864', v2 ? '67108864' : '134217728', '100', '1024']);
    t.true(
      lines.slice(4).every((line) => line.endsWith(':/')),
      'the path on the host does not show',
    );
  });

  test(`${runtime}: the filter refuses what Docker's does`, async (t) => {
    const script = 'unshare -U true; unshare -n true; mount -t tmpfs none /tmp; sh -c "echo forked"';
    const { stdout, stderr } = await shell(t, runtime, script);
    t.is(stdout, 'forked\n');
    t.is(stderr.match(/not permitted|denied/gi)?.length, 3);
  });

  test(`${runtime}: mounts`, async (t) => {
    const shared = temporaryFolder(t);
    writeFileSync(join(shared, 'file'), 'from the host\n');
    mkdirSync(join(shared, 'inner'));
    const mounts = [
      { source: join(shared, 'file'), destination: '/data/inner/one', readOnly: true },
      { source: shared, destination: '/data', readOnly: false },
      { source: join(shared, 'file'), destination: '/etc/hosts', readOnly: true },
    ];
    const { lines } = await shell(
      t,
      runtime,
      '(cat /data/inner/one /etc/hosts; echo x >/etc/hosts; touch /data/new) 2>&1',
      { mounts },
    );
    t.deepEqual(lines.slice(0, 2), ['from the host', 'from the host']);
    t.regex(lines[2] ?? '', /can't create \/etc\/hosts: Read-only/);
    t.true(existsSync(join(shared, 'new')));
  });
}

test('crun: /dev of the image, a link to a folder of the host, is not followed', async (t) => {
  const bundle = busyboxBundle(t);
  const victim = temporaryFolder(t);
  writeFileSync(join(victim, 'ptmx'), 'kept');
  rmdirSync(join(bundle, 'rootfs/dev'));
  symlinkSync(victim, join(bundle, 'rootfs/dev'));
  await runBundle(bundle, 'crun', specInput());
  t.deepEqual(readdirSync(victim), ['ptmx']);
});

test('a mount of the user replaces the default at its place, and all below a /dev', (t) => {
  const at = (destination: string) => ({ source: '/x', destination, readOnly: false });
  const destinations = (...own: string[]) =>
    buildSpec(specInput({ mounts: own.map(at) })).mounts.map((mount) => mount.destination);
  t.deepEqual(
    destinations('/dev/shm').filter((path) => path === '/dev/shm'),
    ['/dev/shm'],
  );
  t.deepEqual(
    destinations('/dev').filter((path) => path.startsWith('/dev')),
    ['/dev'],
  );
  t.deepEqual(destinations('/a/b', '/c', '/a').slice(-3), ['/c', '/a', '/a/b']);
});

test('limits that were not asked for are left out', (t) => {
  const { linux, process } = buildSpec(specInput());
  t.deepEqual(Object.keys(linux.resources), ['devices']);
  t.false('oomScoreAdj' in process);
  const noSwap = buildSpec(specInput({ resources: { memory: 8388608, limitsSwap: false } }));
  t.deepEqual(noSwap.linux.resources.memory, { limit: 8388608 });
});

for (const runtime of RUNTIMES) {
  test(`${runtime}: a privileged container has all that the engine has`, async (t) => {
    const own = /^CapBnd:.*$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[0] ?? '';
    const script = [
      'grep -E "^(CapEff|CapBnd|Seccomp):" /proc/self/status',
      'mount -t tmpfs none /tmp && touch /tmp/here && echo mounted',
      'cat /proc/sys/kernel/domainname >/proc/sys/kernel/domainname && echo sysctl',
      'mount | grep -E "on /sys (type|.*)" | grep -c "[(]rw"',
      '[ -c /dev/kmsg ] && stat -c %t:%T /dev/kmsg',
      'mount | grep -c "on /proc/"',
    ].join('; ');
    const { lines, stderr } = await shell(t, runtime, script, { privileged: true, seccomp: undefined });
    t.is(stderr, '');
    t.deepEqual(lines.slice(0, 3), [own.replace('Bnd', 'Eff'), own, 'Seccomp:\t0']);
    t.deepEqual(lines.slice(3, 5), ['mounted', 'sysctl']);
    t.is(lines[5], '1');
    t.is(lines[6], '1:b');
    t.is(lines[7], '0');
  });
}
