/**
 * The system call filter of a container: loading a profile, evaluating its conditions, Docker's gates by capability,
 * compiling with libseccomp. Knows no container. Imports contracts.
 */

export { compiledFilter } from './compiled-filter.js';
export { checkProfile, loadSeccomp, seccompWarning } from './load-profile.js';
