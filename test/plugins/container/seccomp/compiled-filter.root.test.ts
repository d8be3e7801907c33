import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { OciSeccomp } from '../../../../src/plugins/container/contracts/index.js';
import { DEFAULT_CAPABILITIES } from '../../../../src/plugins/container/parsers/capabilities.js';
import { compiledFilter } from '../../../../src/plugins/container/seccomp/compiled-filter.js';
import { defaultProfile } from '../../../../src/plugins/container/seccomp/default-profile.js';
import { goArchitecture } from '../../../../src/plugins/container/seccomp/evaluate-profile.js';
import { compileSeccomp } from '../../../../src/plugins/container/seccomp/libseccomp.js';
import { temporaryFolder } from '../../../sysinit/temporary-root.js';
import { busyboxBundle, runBundle, specInput } from '../support/oci-harness.js';

function usualProfile(): OciSeccomp {
  return defaultProfile(DEFAULT_CAPABILITIES, goArchitecture());
}

test('the program is the one that crun makes, behind what libseccomp does not know', async (t) => {
  const bundle = busyboxBundle(t);
  const mounts = [{ source: bundle, destination: '/bundle', readOnly: false }];
  const args = ['sh', '-c', 'cat /bundle/state/*/seccomp.bpf >/bundle/copy'];
  const { stderr } = await runBundle(bundle, 'crun', specInput({ args, mounts, seccomp: usualProfile() }));
  t.is(stderr, '');
  const theirs = readFileSync(join(bundle, 'copy'));
  t.true(theirs.length > 1000);
  t.true(compileSeccomp(usualProfile())?.subarray(-theirs.length).equals(theirs));
});

for (const runtime of ['crun', 'runc'] as const) {
  test(`${runtime}: a container with it is filtered`, async (t) => {
    const program = compiledFilter(usualProfile(), temporaryFolder(t));
    t.truthy(program);
    const args = ['sh', '-c', 'grep Seccomp: /proc/self/status; unshare -U true'];
    const input = specInput({ args, seccomp: usualProfile(), compiledSeccomp: program });
    const { stdout, stderr } = await runBundle(busyboxBundle(t), runtime, input);
    t.is(stdout, 'Seccomp:\t2\n');
    t.regex(stderr, /Operation not permitted/);
  });
}

test('it is made once and kept', (t) => {
  const folder = join(temporaryFolder(t), 'new');
  const program = compiledFilter({ ...usualProfile() }, folder);
  const [name = '', ...others] = readdirSync(folder);
  t.deepEqual(others, []);
  const path = join(folder, name);
  const kept = readFileSync(path);
  t.is(program, kept.subarray(32).toString('base64'));
  const { ino } = statSync(path);
  t.is(compiledFilter({ ...usualProfile() }, folder), program);
  t.is(statSync(path).ino, ino);
});

test('what is damaged is made again: a part of a filter lets through what the rest refuses', (t) => {
  const folder = join(temporaryFolder(t), 'new');
  const program = compiledFilter({ ...usualProfile() }, folder);
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const kept = readFileSync(path);
  for (const damage of [Buffer.alloc(0), kept.subarray(0, -8), Buffer.alloc(kept.length, 7)]) {
    writeFileSync(path, damage);
    t.is(compiledFilter({ ...usualProfile() }, folder), program);
    t.deepEqual(readFileSync(path), kept);
  }
  rmSync(path);
  mkdirSync(path);
  t.is(compiledFilter({ ...usualProfile() }, folder), program);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'no folder');
  t.is(compiledFilter({ ...usualProfile() }, folder), program);
});

test('what is not understood is left to the runtime', (t) => {
  const folder = temporaryFolder(t);
  t.is(compiledFilter({ ...usualProfile(), defaultAction: 'SCMP_ACT_NOTIFY' }, folder), undefined);
  const twice = { index: 0, value: 1, op: 'SCMP_CMP_EQ' };
  const syscalls = [{ names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [twice, twice] }];
  t.is(compiledFilter({ ...usualProfile(), syscalls }, folder), undefined);
  t.deepEqual(readdirSync(folder), []);
});
