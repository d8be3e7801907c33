/**
 * Classes of `@Option` fields that `run` and `create` share. Parses nothing. Imports parsers, for the words that
 * completion offers.
 */
export { ContainerFlags } from './container-flags.js';
export { LifecycleFlags } from './lifecycle-flags.js';
export { LimitFlags } from './limit-flags.js';
export { NetworkFlags } from './network-flags.js';
export { ResourceFlags } from './resource-flags.js';
