/**
 * The container of services: order of start, injection, and what is asked of all plugins (checks, completion values).
 * The only room that loads tsyringe. Imports contracts, dry-run, registry and text.
 */
export { completionValues } from './completion-values.js';
export { RegisteredChecks } from './registered-checks.js';
export { ServiceHost } from './service-host.js';
