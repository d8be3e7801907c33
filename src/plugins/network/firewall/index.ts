/**
 * The engine's one nftables table, and what other firewalls do to its bridges. Imports `addresses`, `contracts` and
 * `host`; knows no rows.
 */
export type { FirewallNetwork } from './elements.js';
export { type Contents, FirewallTable, type TableOwner } from './firewall-table.js';
export { foreignDrops } from './foreign-firewall.js';
