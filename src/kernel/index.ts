/**
 * The front door of the kernel: what plugins build on. It names files of rooms, so that it loads neither the container of
 * services nor the command line parser. A file that is bundled into the thin client or a child program (whatever says little but
 * `GantryError` or `token`) enters the one room that it needs instead: `kernel/contracts/index.js`.
 */
export { type Check, type CheckOptions, type Finding, PluginChecks, type Repair } from './contracts/check.js';
export type { Client, ClientTerminal, TerminalSize } from './contracts/client.js';
export type { ClientTrees, TreeReading, TreeWriting } from './contracts/client-trees.js';
export {
  Command,
  type CommandClass,
  type CommandContext,
  type CommandHandler,
  type CommandMetadata,
  commandMetadata,
  EFFECTS,
  type Effect,
} from './contracts/command.js';
export { type ErrorDetail, type ErrorKind, GantryError, isKind } from './contracts/errors.js';
export type { Login, Logins } from './contracts/logins.js';
export { type Completion, Option, type OptionMetadata, optionsOf } from './contracts/option.js';
export type { Failure, Outcome } from './contracts/outcome.js';
export {
  definePlugin,
  type Effects,
  type Planned,
  type PluginDefinition,
  type Provider,
  provide,
  type Service,
  type ServiceClass,
  type Values,
} from './contracts/plugin-definition.js';
export { type Column, Extensions, type Filter } from './contracts/table-extensions.js';
export { injectionsOf, type Token, token } from './contracts/token.js';
export { confirmed } from './dry-run/confirm.js';
export { unknowable } from './dry-run/recorder.js';
export { type Filters, meets, meetsLabels, parseFilters } from './lists/filter-flag.js';
export { each } from './lists/for-each-argument.js';
export { type FormatRow, isUsualTable, writeFormatted } from './lists/format.js';
export { inspectEach } from './lists/inspect-each.js';
export { parseLabels } from './lists/labels.js';
export { cellsOfPlugins, keptByPlugins } from './lists/plugin-columns.js';
export { checkArgument, checkOptions } from './parsing/argument-checks.js';
export { permitted } from './registry/permission.js';
export { LoadedPlugins, PluginHost, type PluginInfo } from './registry/plugin-host.js';
export { drained, write } from './streams/write.js';
export { humanDuration, humanSize, milliseconds } from './text/human-units.js';
export { plain, printableJson, truncate } from './text/printable.js';
export { systemFailure } from './text/system-failure.js';
export { table } from './text/table.js';
