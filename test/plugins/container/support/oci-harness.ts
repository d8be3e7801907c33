import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { detectCgroups } from '../../../../src/plugins/container/cgroups/cgroup-mode.js';
import { rlimits } from '../../../../src/plugins/container/host/rlimits.js';
import { buildSpec, type SpecInput } from '../../../../src/plugins/container/oci/spec.js';
import { temporaryFolder } from '../../../sysinit/temporary-root.js';

const APPLETS = [
  'sh',
  'cat',
  'id',
  'env',
  'grep',
  'ls',
  'hostname',
  'touch',
  'true',
  'unshare',
  'mount',
  'mknod',
  'head',
  'ps',
  'stat',
];

/** A bundle with a root filesystem of busybox, in a temporary folder. */
export function busyboxBundle(t: ExecutionContext): string {
  const bundle = temporaryFolder(t);
  const bin = join(bundle, 'rootfs/bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync('/bin/busybox', join(bin, 'busybox'));
  for (const applet of APPLETS) symlinkSync('busybox', join(bin, applet));
  for (const folder of ['dev', 'proc', 'sys', 'etc', 'tmp']) mkdirSync(join(bundle, 'rootfs', folder));
  writeFileSync(join(bundle, 'rootfs/etc/passwd'), 'root:x:0:0::/:/bin/sh\ndaemon:x:1:1::/:/bin/sh\n');
  writeFileSync(join(bundle, 'rootfs/etc/group'), 'root:x:0:\ndaemon:x:1:\nstaff:x:50:\n');
  return bundle;
}

/** What a test changes of a plain container. */
export function specInput(more: Partial<SpecInput> = {}): SpecInput {
  return {
    hostname: 'box',
    args: ['true'],
    env: ['PATH=/bin', 'HOME=/'],
    cwd: '/',
    user: { uid: 0, gid: 0, additionalGids: [0] },
    readOnlyRoot: false,
    mounts: [],
    resources: { memory: 0, limitsSwap: true },
    seccomp: undefined,
    rlimits: rlimits(),
    cgroups: detectCgroups().mode,
    runtime: 'crun',
    cgroupsPath: `/gantry-test-${randomBytes(6).toString('hex')}`,
    ...more,
  };
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a bundle as the engine does: in a mount and a network namespace of its own, which the runtime inherits. */
export function runBundle(bundle: string, runtime: 'crun' | 'runc', input: SpecInput): Promise<RunResult> {
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(buildSpec({ ...input, runtime })));
  const hide = runtime === 'crun' ? (detectCgroups().unified ?? '') : '';
  const script =
    '[ -z "$1" ] || mount -t tmpfs cgroup "$1"; exec "$2" --root "$3/state" run --bundle "$3" "$4" </dev/null';
  const id = input.cgroupsPath.slice(1);
  const args = ['-m', '-n', '--propagation', 'slave', 'sh', '-c', script, 'sh', hide, runtime, bundle, id];
  return new Promise((resolve) => {
    execFile('unshare', args, (error, stdout, stderr) =>
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}
