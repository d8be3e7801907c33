/**
 * Pages of help for a command, a group or all of docker, as text, manual page and Markdown.
 * Imports contracts, parsing, registry and text. Loads no command but for its metadata, and makes none.
 */
export { answerHelp, HELP, pageOf } from './help-command.js';
export { commandPage, groupSummary, membersOf } from './help-page.js';
export { helpText } from './help-text.js';
