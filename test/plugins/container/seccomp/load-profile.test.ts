import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { DEFAULT_CAPABILITIES } from '../../../../src/plugins/container/parsers/capabilities.js';
import { evaluateProfile } from '../../../../src/plugins/container/seccomp/evaluate-profile.js';
import { seccompProfile, seccompWarning } from '../../../../src/plugins/container/seccomp/load-profile.js';
import { temporaryFolder } from '../../../sysinit/temporary-root.js';

const allow = (names: string[], more: object = {}) => ({ names, action: 'SCMP_ACT_ALLOW', args: [], ...more });
const PROFILE = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 38,
  archMap: [
    { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] },
    { architecture: 'SCMP_ARCH_AARCH64' },
  ],
  syscalls: [
    allow(['read', 'mount', 'clone', 'clone3', 'keyctl'], { comment: '', includes: {}, excludes: {} }),
    allow(['arch_prctl'], { includes: { arches: ['amd64', 'x32'] } }),
    allow(['chroot'], { includes: { caps: ['CAP_SYS_CHROOT'] } }),
    { names: ['chroot'], action: 'SCMP_ACT_ERRNO', errnoRet: 1, excludes: { caps: ['CAP_SYS_CHROOT'] } },
    allow(['mount'], { includes: { caps: ['CAP_SYS_ADMIN'] } }),
    allow(['ptrace'], { includes: { minKernel: '4.8' } }),
    allow(['personality'], { args: [{ index: 0, value: 8, valueTwo: 0, op: 'SCMP_CMP_EQ' }] }),
  ],
};
const evaluate = (capabilities: string[], arch = 'amd64', kernel = '6.1.0-9-amd64') =>
  evaluateProfile(JSON.stringify(PROFILE), { capabilities, arch, kernel });
const allowed = (profile: ReturnType<typeof evaluate>) =>
  profile.syscalls.filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && !args).flatMap(({ names }) => names);

test('conditions are settled', (t) => {
  t.deepEqual(allowed(evaluate([])), ['read', 'arch_prctl', 'ptrace']);
  t.deepEqual(allowed(evaluate(['CAP_SYS_CHROOT'])), ['read', 'arch_prctl', 'chroot', 'ptrace']);
  t.deepEqual(allowed(evaluate([], 'arm64', '4.4.0')), ['read']);
});

test('the rest is carried over', (t) => {
  const profile = evaluate([]);
  t.like(profile, {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
  });
  t.deepEqual(evaluate([], 'arm64').architectures, ['SCMP_ARCH_AARCH64']);
  t.true(profile.syscalls.some(({ names, errnoRet }) => names[0] === 'chroot' && errnoRet === 1));
  t.true(profile.syscalls.some(({ names, args }) => names[0] === 'personality' && args?.[0]?.value === 8));
});

test('what Docker grants to no container, or only with a capability, is taken out', (t) => {
  const rules = evaluate([]).syscalls;
  const ruleOf = (name: string) => rules.filter(({ names }) => names.includes(name));
  t.like(ruleOf('mount'), [{ action: 'SCMP_ACT_ERRNO', errnoRet: 1 }]);
  t.like(ruleOf('keyctl'), [{ action: 'SCMP_ACT_ERRNO', errnoRet: 1 }]);
  t.like(ruleOf('clone3'), [{ action: 'SCMP_ACT_ERRNO', errnoRet: 38 }]);
  t.like(ruleOf('clone'), [
    { action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 0x7e020000, op: 'SCMP_CMP_MASKED_EQ' }] },
  ]);
  t.deepEqual(allowed(evaluate(['CAP_SYS_ADMIN'])), [
    'read',
    'mount',
    'clone',
    'clone3',
    'arch_prctl',
    'mount',
    'ptrace',
  ]);
});

test('the profile of the host is read, where there is one', (t) => {
  const path = join(temporaryFolder(t), 'seccomp.json');
  t.is(seccompProfile(DEFAULT_CAPABILITIES, path), undefined);
  t.regex(seccompWarning(path) ?? '', /containers may use every system call/);
  const present = join(temporaryFolder(t), 'seccomp.json');
  writeFileSync(present, JSON.stringify(PROFILE));
  t.is(seccompProfile(DEFAULT_CAPABILITIES, present)?.defaultAction, 'SCMP_ACT_ERRNO');
  t.is(seccompProfile(DEFAULT_CAPABILITIES, present), seccompProfile(DEFAULT_CAPABILITIES, present));
  t.is(seccompWarning(present), undefined);
});
