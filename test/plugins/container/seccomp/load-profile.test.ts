import test from 'ava';
import { DEFAULT_CAPABILITIES } from '../../../../src/plugins/container/parsers/capabilities.js';
import { defaultProfile } from '../../../../src/plugins/container/seccomp/default-profile.js';
import { evaluateProfile, goArchitecture } from '../../../../src/plugins/container/seccomp/evaluate-profile.js';
import { checkProfile, loadSeccomp } from '../../../../src/plugins/container/seccomp/load-profile.js';

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
  t.deepEqual(allowed(evaluate([])), ['read', 'mount', 'clone', 'clone3', 'keyctl', 'arch_prctl', 'ptrace']);
  t.deepEqual(allowed(evaluate(['CAP_SYS_CHROOT'])), [
    'read',
    'mount',
    'clone',
    'clone3',
    'keyctl',
    'arch_prctl',
    'chroot',
    'ptrace',
  ]);
  t.deepEqual(allowed(evaluate([], 'arm64', '4.4.0')), ['read', 'mount', 'clone', 'clone3', 'keyctl']);
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

test('nothing is taken out of it: whoever gives a profile means it', (t) => {
  t.true(allowed(evaluate([])).includes('mount'));
  t.true(allowed(evaluate([])).includes('clone3'));
});

test('a profile of old, with a call alone and processors as they are', (t) => {
  const old = {
    defaultAction: 'SCMP_ACT_ERRNO',
    architectures: ['SCMP_ARCH_X86'],
    syscalls: [{ name: 'read', action: 'SCMP_ACT_ALLOW' }],
  };
  const host = { capabilities: [], arch: 'amd64', kernel: '6.1.0' };
  t.deepEqual(evaluateProfile(JSON.stringify(old), host), {
    defaultAction: 'SCMP_ACT_ERRNO',
    architectures: ['SCMP_ARCH_X86'],
    syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW' }],
  });
  const both = { ...old, archMap: PROFILE.archMap };
  t.throws(() => checkProfile('old.json', JSON.stringify(both)), { message: /both 'architectures' and 'archMap' are/ });
  const named = { ...old, syscalls: [{ name: 'read', names: ['write'], action: 'SCMP_ACT_ALLOW' }] };
  t.throws(() => checkProfile('old.json', JSON.stringify(named)), { message: /both 'name' and 'names' are/ });
});

test('the default is used where no other is given', (t) => {
  t.deepEqual(loadSeccomp('', DEFAULT_CAPABILITIES), defaultProfile(DEFAULT_CAPABILITIES, goArchitecture()));
  t.is(loadSeccomp('', DEFAULT_CAPABILITIES), loadSeccomp('', DEFAULT_CAPABILITIES));
  t.is(loadSeccomp('unconfined', DEFAULT_CAPABILITIES), undefined);
  t.is(loadSeccomp(JSON.stringify(PROFILE), [])?.defaultErrnoRet, 38);
});
