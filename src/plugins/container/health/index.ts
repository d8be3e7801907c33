/**
 * Health checks: their configuration, running them, and the transitions between starting, healthy and unhealthy. Imports
 * contracts, host, oci and records.
 */

export { HealthChecker } from './health-checker.js';
export { healthCheckOf } from './health-config.js';
export { startHealthChecks } from './start-health-checks.js';
