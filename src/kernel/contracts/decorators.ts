import { GantryError } from './errors.js';

/** Every key that a decorator of the kernel stores reflect-metadata under. */
export const COMMAND_KEY = Symbol('gantry:command');
export const OPTIONS_KEY = Symbol('gantry:options');
export const INJECTIONS_KEY = Symbol('gantry:injections');
export const EXTENDS_KEY = Symbol('gantry:extends');
export const EVENTS_KEY = Symbol('gantry:events');
export const COLUMNS_KEY = Symbol('gantry:columns');
export const FILTERS_KEY = Symbol('gantry:filters');
export const TRANSPORT_KEY = Symbol('gantry:transport');

/** A decorator in the wrong place would store its metadata where no code reads it. */
export function demandClass(decorator: string, target: unknown): asserts target is new (...args: never[]) => object {
  if (typeof target !== 'function') throw misplaced(decorator, 'a class', target);
}

export function demandProperty(decorator: string, target: unknown, property: unknown): void {
  const isProperty = isPrototype(target) && typeof property === 'string' && !(property in target);
  if (!isProperty) throw misplaced(decorator, 'a property of a class', target, property);
}

export function demandMethod(decorator: string, target: unknown, property: unknown): void {
  const isMethod =
    isPrototype(target) && typeof property === 'string' && typeof Reflect.get(target, property) === 'function';
  if (!isMethod) throw misplaced(decorator, 'a method of a class', target, property);
}

function isPrototype(target: unknown): target is object {
  return typeof target === 'object' && target !== null;
}

function misplaced(decorator: string, place: string, target: unknown, property?: unknown): GantryError {
  const owner = typeof target === 'function' ? target.name : (target?.constructor?.name ?? '?');
  const where = typeof property === 'string' ? `${owner}.${property}` : owner;
  return new GantryError('invalid', `@${decorator} stands on '${where}', and belongs on ${place}`);
}
