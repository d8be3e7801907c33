/** All that `import { ... } from 'gantry'` gives to a plugin, beside the tokens of services. */
export type { Client, ClientTerminal, TerminalSize } from '../../contracts/client.js';
export {
  Command,
  type CommandContext,
  type CommandHandler,
  type CommandMetadata,
  type Effect,
} from '../../contracts/command.js';
export { type ErrorDetail, type ErrorKind, GantryError } from '../../contracts/errors.js';
export type { ExtendedCall, Next } from '../../contracts/extension.js';
export { Option, type OptionMetadata } from '../../contracts/option.js';
export { type Token, token } from '../../contracts/token.js';
export { write } from '../../streams/write.js';
export { humanDuration, humanSize, milliseconds } from '../../text/human-units.js';
export { plain, truncate } from '../../text/printable.js';
export { table } from '../../text/table.js';
export { Column } from './column.js';
export { type CommandExtension, Extends } from './extends.js';
export { Filter } from './filter.js';
export { On, type PluginEvent } from './on.js';
export { type OfferedService, offer, type Plugin, plugin, Veto } from './plugin.js';
export { type PluginTransport, Transport } from './transport.js';
