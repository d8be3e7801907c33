/** What plugins build on. Loads neither the container of services nor the command line parser. */
export { type Check, type CheckOptions, type Finding, PluginChecks, type Repair } from './check.js';
export type {
  Client,
  ClientTerminal,
  ClientTrees,
  Failure,
  Login,
  Logins,
  Outcome,
  TerminalSize,
  TreeReading,
  TreeWriting,
} from './client.js';
export {
  Command,
  type CommandClass,
  type CommandContext,
  type CommandHandler,
  type CommandMetadata,
  commandMetadata,
  EFFECTS,
  type Effect,
} from './command.js';
export { confirmed } from './confirm.js';
export { each } from './each.js';
export { type ErrorDetail, type ErrorKind, GantryError, isKind } from './errors.js';
export { cellsOfPlugins, keptByPlugins } from './extended.js';
export { type Column, Extensions, type Filter } from './extensions.js';
export { type Filters, meets, meetsLabels, parseFilters } from './filters.js';
export { type FormatRow, formatted, isUsualTable } from './format.js';
export { humanDuration, humanSize, milliseconds } from './human-units.js';
export { parseLabels } from './labels.js';
export { type Completion, Option, type OptionMetadata, optionsOf } from './option.js';
export { permitted } from './permission.js';
export { checkArgument, checkOptions } from './plain-arguments.js';
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
} from './plugin.js';
export { LoadedPlugins, PluginHost, type PluginInfo } from './plugin-host.js';
export { unknowable } from './recording.js';
export { drained, write } from './streams.js';
export { systemFailure } from './system-failure.js';
export { table } from './table.js';
export { compileTemplate } from './template.js';
export { plain, truncate } from './text.js';
export { injectionsOf, type Token, token } from './token.js';
