/**
 * A container under the names of Docker's API, with all fields that a template of Docker 28 may name: what is empty there is empty
 * here. Changes nothing. Imports cgroups, contracts, oci, rerun and views.
 */
export { inspectContainer } from './inspect-container.js';
