/** All that `import { ... } from 'gantry'` gives to a plugin, beside the tokens of services. */
export type { Client, ClientTerminal, TerminalSize } from '../client.js';
export { Command, type CommandContext, type CommandHandler, type CommandMetadata, type Effect } from '../command.js';
export { type ErrorDetail, type ErrorKind, GantryError } from '../errors.js';
export type { ExtendedCall, Next } from '../extension.js';
export { humanDuration, humanSize, milliseconds } from '../human-units.js';
export { Option, type OptionMetadata } from '../option.js';
export { write } from '../streams.js';
export { table } from '../table.js';
export { plain, truncate } from '../text.js';
export { type Token, token } from '../token.js';
export { Column } from './column.js';
export { type CommandExtension, Extends } from './extends.js';
export { Filter } from './filter.js';
export { On, type PluginEvent } from './on.js';
export { type OfferedService, offer, type Plugin, plugin, Veto } from './plugin.js';
export { type PluginTransport, Transport } from './transport.js';
