/**
 * Containers as people and plugins see them: rows of `ps` and `stats`, status, filters, completion of
 * names. Changes nothing. Imports contracts and records.
 */
export { shownHealth, shownStatus } from './container-status.js';
export { summaryOf } from './container-summary.js';
export { describeHost } from './describe-host.js';
export { type PsLookups, psFilter, wantsStopped } from './ps-filters.js';
export { type ContainerSize, PS_HEADERS, psRow } from './ps-row.js';
export { PS_COLUMNS, PS_FILTERS } from './ps-table.js';
export { publishedPorts } from './published-ports.js';
export { ShownImages } from './shown-images.js';
export { cellsOf, STATS_HEADER, STATS_HEADERS, type StatsRow, statsRow } from './stats-row.js';
export { usageTables } from './usage-tables.js';
