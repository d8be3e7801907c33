/**
 * The system call filter of a container: the default profile, profiles of users and their conditions, compiling with
 * libseccomp. Knows no container. Imports contracts.
 */

export { compiledFilter } from './compiled-filter.js';
export { checkProfile, loadSeccomp } from './load-profile.js';
