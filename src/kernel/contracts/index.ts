/**
 * The contracts that plugins declare and receive: decorators, tokens, errors, the client and the form of a plugin.
 * Imports nothing of Gantry. Decorators store metadata and do nothing else; nothing here parses, prints or starts anything.
 */
export { type CheckOptions, type Finding, type PluginCheck, PluginChecks } from './check.js';
export type { Client, ClientTerminal, TerminalSize } from './client.js';
export type { ClientTrees, TreeReading, TreeWriting } from './client-trees.js';
export {
  Command,
  type CommandClass,
  type CommandContext,
  type CommandHandler,
  type CommandMetadata,
  commandMetadata,
  EFFECTS,
  type Effect,
  NeedsDaemon,
} from './command.js';
export { demandClass, demandMethod } from './decorator-targets.js';
export {
  type ErrorDetail,
  type ErrorKind,
  GantryError,
  GuestError,
  isErrorKind,
  isKind,
  PluginFailure,
} from './errors.js';
export type { ExtendedCall, ExtensionDefinition, Next, OptionValues } from './extension.js';
export type { Login, Logins } from './logins.js';
export {
  COLUMNS_KEY,
  COMMAND_KEY,
  EVENTS_KEY,
  EXTENDS_KEY,
  FILTERS_KEY,
  OPTIONS_KEY,
  TRANSPORT_KEY,
} from './metadata-keys.js';
export { type Completion, Option, type OptionMetadata, type OptionType, optionsOf } from './option.js';
export type { CallHandler, Failure, Outcome } from './outcome.js';
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
} from './plugin-definition.js';
export { settleAll } from './settle-all.js';
export { type Column, Extensions, type Filter } from './table-extensions.js';
export { injectionsOf, type Token, token } from './token.js';
export { buildName, programName, VERSION } from './version.js';
