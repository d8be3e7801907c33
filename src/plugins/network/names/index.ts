/**
 * Names that containers resolve: the hosts files of those on the same networks. Imports `addresses` and `records`;
 * starts no process.
 */
export { HostsFiles } from './hosts-files.js';
