/**
 * The service `Registries` and its dry run. It loads transfers when they are first needed. Imports contracts,
 * distribution and transfers.
 */
export {};
