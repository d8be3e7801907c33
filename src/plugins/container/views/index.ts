/**
 * Containers as people and plugins see them: inspect, rows of `ps` and `stats`, status, filters, completion of
 * names. Changes nothing. Imports config, contracts and records.
 */
export { describeContainer } from './container-inspection.js';
export { summaryOf } from './container-summary.js';
export { checkPsFilters, meetsPsFilters, wantsStopped } from './ps-filters.js';
export { type ContainerSize, PS_HEADERS, psRow } from './ps-row.js';
export { PS_COLUMNS, PS_FILTERS } from './ps-table.js';
export { cellsOf, STATS_HEADER, type StatsRow, statsRow } from './stats-row.js';
