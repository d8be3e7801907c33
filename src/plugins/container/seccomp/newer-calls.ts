/**
 * Numbers of system calls that a libseccomp in use may not know by name. What Linux has been given since 5.1 has the same
 * number on all processors.
 */
const NUMBERS: Readonly<Record<string, number>> = {
  futex_waitv: 449, // 5.16
  set_mempolicy_home_node: 450,
  cachestat: 451, // 6.5
  fchmodat2: 452,
  map_shadow_stack: 453,
  futex_wake: 454, // 6.7
  futex_wait: 455,
  futex_requeue: 456,
  statmount: 457, // 6.8
  listmount: 458,
  lsm_get_self_attr: 459,
  lsm_set_self_attr: 460,
  lsm_list_modules: 461,
  mseal: 462, // 6.10
  setxattrat: 463, // 6.13
  getxattrat: 464,
  listxattrat: 465,
  removexattrat: 466,
  open_tree_attr: 467, // 6.15
  file_getattr: 468, // 6.17
  file_setattr: 469,
};
/** Those that only a 64-bit x86 has, among numbers that others use otherwise. */
const NUMBERS_OF_X86_64: Readonly<Record<string, number>> = { uretprobe: 335 };

/** @param architecture `SCMP_ARCH_X86_64` */
export function numberOfNewerCall(name: string, architecture: string): number | undefined {
  if (Object.hasOwn(NUMBERS, name)) return NUMBERS[name];
  return architecture === 'SCMP_ARCH_X86_64' ? NUMBERS_OF_X86_64[name] : undefined;
}
