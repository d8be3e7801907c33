/** The engine as commands show it: its events, its versions. Imports contracts. */

export { describeVersions } from './describe-versions.js';
export { eventLine } from './event-line.js';
