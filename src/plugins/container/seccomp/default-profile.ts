import type { OciSeccomp, OciSyscallRule } from '../contracts/index.js';
import { callNames, callsOfAll } from './default-calls.js';
import { CALLS_BY_ARGUMENT, CALLS_OF_CAPABILITY, CLONE3 } from './granted-calls.js';

const EPERM = 1;
const ENOSYS = 38;

/** The processors that Gantry runs on, and what of older ones their kernels run, too. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  amd64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
};

/**
 * The filter of a container that was given none of its own.
 * @param arch as Go names it: `amd64`
 */
export function defaultProfile(capabilities: readonly string[], arch: string): OciSeccomp {
  const has = (capability: string | undefined): boolean =>
    capability !== undefined && capabilities.includes(capability);
  const granted = Object.entries(CALLS_OF_CAPABILITY)
    .filter(([capability]) => has(capability))
    .flatMap(([, calls]) => callNames(calls));
  const byArgument = CALLS_BY_ARGUMENT.filter(({ unless }) => !has(unless)).flatMap(({ name, when }) =>
    when.map((argument) => ({ ...allow([name]), args: [{ index: 0, ...argument }] })),
  );
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: EPERM,
    architectures: ARCHITECTURES[arch] ?? [],
    syscalls: [
      allow([...new Set([...callsOfAll(arch), ...granted])]),
      ...byArgument,
      ...(has(CLONE3.unless) ? [] : [{ names: [CLONE3.name], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS }]),
    ],
  };
}

function allow(names: readonly string[]): OciSyscallRule {
  return { names, action: 'SCMP_ACT_ALLOW' };
}
