/**
 * Where the engine's own requests to other hosts may lead: addresses, redirects. Makes no request. Imports no other room.
 */
export { AddressGuard, INSIDE } from './address-guard.js';
export { bareHost, isLoopbackHost } from './inside-addresses.js';
export { isRedirect, MAX_REDIRECTS, redirectTarget } from './redirect.js';
