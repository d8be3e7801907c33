/**
 * A call to a daemon: connecting, by TLS where the environment says so, and the frames of one call.
 * Imports addresses, local and wire. Part of the thin client: what many calls do not need is imported late.
 */
export { NoDaemon } from './connect.js';
export { callRemote } from './remote-call.js';
