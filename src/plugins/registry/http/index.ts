/**
 * One HTTP exchange with a registry: routes and TLS, retries, challenges, bearer tokens, redirects, errors in a
 * registry's words. Knows no image. Imports the kernel and settings of the system plugin; no other room.
 */

export { discard, pacedBody, readDocument } from './body.js';
export { Interrupted } from './connection-failure.js';
export type { HttpResponse } from './exchange.js';
export { RetryBudget } from './retry.js';
export { Routes } from './routes.js';
export { Session } from './session.js';
