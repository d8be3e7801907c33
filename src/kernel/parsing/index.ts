/**
 * Command lines: flags in the style of Go and GNU become one canonical line, which clipanion parses.
 * Imports contracts and text. Knows no registry: a command is its metadata here. Only `cli-adapter.ts` loads clipanion.
 */
export { parse } from './cli-adapter.js';
export { canonicalFlag, type Flag, FlagTable } from './flag-table.js';
export { COMPLETE, GLOBAL_OPTIONS, OF_ANY_COMMAND } from './global-options.js';
export { optionRows } from './option-rows.js';
export { checkArity, parseArgv } from './parse-argv.js';
export { isFlag, readFlags, readPartialArgv } from './partial-argv.js';
export { suggestionLines, usageLine, withUsage } from './usage-lines.js';
