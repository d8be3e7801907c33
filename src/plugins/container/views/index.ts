/**
 * Containers as people and plugins see them: inspect, rows of `ps` and `stats`, status, filters, completion of
 * names. Changes nothing. Imports cgroups, contracts, records and rerun.
 */
export { summaryOf } from './container-summary.js';
export { inspectContainer } from './inspect-container.js';
export { type PsLookups, psFilter, wantsStopped } from './ps-filters.js';
export { type ContainerSize, PS_HEADERS, psRow } from './ps-row.js';
export { PS_COLUMNS, PS_FILTERS } from './ps-table.js';
export { publishedPorts } from './published-ports.js';
export { cellsOf, STATS_HEADER, type StatsRow, statsRow } from './stats-row.js';
