/** The exports of `gantry`, which `import { ... } from 'gantry'` can name, but for the tokens of services. */
export {
  type Client,
  type ClientTerminal,
  Command,
  type CommandContext,
  type CommandHandler,
  type CommandMetadata,
  type Effect,
  type ErrorDetail,
  type ErrorKind,
  type ExtendedCall,
  GantryError,
  type Next,
  Option,
  type OptionMetadata,
  type TerminalSize,
  type Token,
  token,
} from '../../contracts/index.js';
export { write } from '../../streams/index.js';
export { humanDuration, humanSize, milliseconds, plain, table, truncate } from '../../text/index.js';
export { Column } from './column.js';
export { type CommandExtension, Extends } from './extends.js';
export { Filter } from './filter.js';
export { On, type PluginEvent } from './on.js';
export { type OfferedService, offer, type Plugin, plugin, Veto } from './plugin.js';
export { type PluginTransport, Transport } from './transport.js';
