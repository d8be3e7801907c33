import 'reflect-metadata';
import { INJECTIONS_KEY } from './decorators.js';

/**
 * Names a service, and asks for it: `constructor(@Runtime private readonly runtime: Runtime)`. Token and interface
 * share one name. As a decorator it only records which parameter wants which token.
 */
export interface Token<T> {
  (target: object, property: string | symbol | undefined, parameter: number): void;
  /** One for each label: two tokens of one label name the same service. */
  readonly symbol: symbol;
  readonly label: string;
  /** Carries the type only; never present at run time. */
  readonly type?: T;
}

export function token<T>(label: string): Token<T> {
  const decorate = (target: object, _property: string | symbol | undefined, parameter: number): void => {
    const wanted = [...injectionsOf(target)];
    wanted[parameter] = made;
    Reflect.defineMetadata(INJECTIONS_KEY, wanted, target);
  };
  const made: Token<T> = Object.assign(decorate, { symbol: Symbol.for(`gantry:service:${label}`), label });
  return made;
}

/** The tokens that a class's constructor asks for, in the order of its parameters. */
export function injectionsOf(target: object): readonly Token<unknown>[] {
  return (Reflect.getOwnMetadata(INJECTIONS_KEY, target) as readonly Token<unknown>[] | undefined) ?? [];
}
