/** Every key that a decorator of the kernel stores reflect-metadata under. */
export const COMMAND_KEY = Symbol('gantry:command');
export const OPTIONS_KEY = Symbol('gantry:options');
export const INJECTIONS_KEY = Symbol('gantry:injections');
