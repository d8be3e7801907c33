/**
 * Byte streams that wait for their reader: writes that can be awaited, and streams that are sent against credit.
 * Imports nothing of Gantry. Knows no wire format: both the transport and the protocol of plugins are built on it.
 */
export { CreditedInput, CreditedOutput, ProtocolError } from './credited.js';
export { write } from './write.js';
