/** From the configuration of a container back to its command line. Imports contracts and parsers. */

export { commandLine, formatRule } from './command-line.js';
export { isUnnamed, modesOf } from './mount-words.js';
