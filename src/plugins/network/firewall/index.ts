/**
 * The engine's one nftables table, and what other firewalls do to its bridges. Imports `addresses`, `contracts` and
 * `host`; knows no rows.
 */
export { FirewallTable } from './firewall-table.js';
export { foreignDrops } from './foreign-firewall.js';
