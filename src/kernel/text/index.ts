/**
 * Text for people, and exit codes: sizes, durations, tables, suggestions, the words of a failure.
 * Imports contracts. Pure functions: nothing here writes to a stream.
 */
export { didYouMean } from './did-you-mean.js';
export { exitCodeOf, failureOf, failureText, outcomeOf } from './failures.js';
export { goQuoted, goTime } from './go-text.js';
export { humanDuration, humanSize, milliseconds } from './human-units.js';
export { parseSize } from './parse-size.js';
export { plain, plainLines, printableJson, truncate } from './printable.js';
export { shortId } from './short-id.js';
export { table } from './table.js';
export { parseTimeFlag } from './time-flag.js';
export { twoColumns, wrap } from './two-columns.js';
export { parseUntrustedJson } from './untrusted-json.js';
