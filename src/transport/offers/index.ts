/**
 * The files, variables and logins that a client offers a daemon, by its own table of commands and flags.
 * Imports contracts and parsing of the kernel. Believes nothing that a daemon says.
 */
export { type Offer, offerOf, type PluginCommands, type PluginsHere } from './offer.js';
export { demandOffered, isLoginOffered, treesFor } from './permission.js';
