/**
 * This process's own side of a call: its streams, files, terminal and signals.
 * Imports addresses and wire. Knows no connection to a daemon.
 */

export { connectionFailure, lostConnection, outcomeFromWire, outputFailure, refusal } from './call-failures.js';
export { type ClientRequest, describeCall, type LocalSide } from './call-request.js';
export { LocalClient } from './local-client.js';
export { failure, openForReading } from './local-files.js';
export { readDescriptor } from './local-input.js';
export { LocalOutput } from './local-output.js';
export { OutputArchive } from './output-archive.js';
export { OutputFile } from './output-file.js';
export type { LocalSink, StdoutTarget } from './stdout-target.js';
export { RawMode } from './terminal.js';
