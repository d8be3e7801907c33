/**
 * The front door of the kernel, and the one way in for plugins. It names files of rooms, so that it loads neither the container
 * of services nor the command line parser; the contracts it hands on whole. The other houses enter the room that they need.
 */
export * from './contracts/index.js';
export { unknowable } from './dry-run/recorder.js';
export { booleanFilter, type Filters, meets, meetsLabels, parseFilters } from './lists/filter-flag.js';
export { each } from './lists/for-each-argument.js';
export { type FormatHeaders, type FormatRow, isUsualTable, writeFormatted } from './lists/format.js';
export { inspectEach } from './lists/inspect-each.js';
export { checkLabels, parseLabels } from './lists/labels.js';
export { keptByPlugins, tableWithPlugins } from './lists/plugin-columns.js';
export { meetsPruneFilters, type Prunable, parsePruneFilters, prune } from './lists/prune.js';
export { resolveReference } from './lists/resolve-reference.js';
export { writeObject } from './lists/write-object.js';
export { checkArgument, checkOptions } from './parsing/argument-checks.js';
export { namePattern } from './patterns/name-pattern.js';
export { permitted } from './registry/permission.js';
export { LoadedPlugins, PluginHost, type PluginInfo } from './registry/plugin-host.js';
export { drained, write } from './streams/write.js';
export { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap, withGoNames } from './templates/go-values.js';
export { compileTemplate } from './templates/template.js';
export { firstError, settleAll } from './text/first-error.js';
export { goQuoted, goTime } from './text/go-text.js';
export { humanDuration, humanSize, milliseconds } from './text/human-units.js';
export { parseSize } from './text/parse-size.js';
export { plain, printableJson, truncate } from './text/printable.js';
export { shortId } from './text/short-id.js';
export { systemFailure } from './text/system-failure.js';
export { table } from './text/table.js';
export { parseTimeFlag } from './text/time-flag.js';
export { parseUntrustedJson } from './text/untrusted-json.js';
