/**
 * Accepting calls on an address: rcli version 1, rcli version 2 and http.
 * Imports addresses and wire. What a call does is the handler's; nothing here knows a command.
 */
export { CallerLimits } from './caller-limits.js';
export { type Listener, type ListenOptions, listen } from './server.js';
