/** Every key that a decorator of the kernel stores reflect-metadata under. */
export const COMMAND_KEY = Symbol('gantry:command');
export const OPTIONS_KEY = Symbol('gantry:options');
export const INJECTIONS_KEY = Symbol('gantry:injections');
export const EXTENDS_KEY = Symbol('gantry:extends');
export const EVENTS_KEY = Symbol('gantry:events');
export const COLUMNS_KEY = Symbol('gantry:columns');
export const FILTERS_KEY = Symbol('gantry:filters');
export const TRANSPORT_KEY = Symbol('gantry:transport');
