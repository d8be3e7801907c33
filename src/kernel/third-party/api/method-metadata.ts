import 'reflect-metadata';
import { demandMethod } from '../../contracts/index.js';

/** The metadata of a decorator, and the method that it decorates. */
export type OfMethod<T> = T & { readonly method: string };

/** A method decorator, for methods of the form `F`, that adds what it says to the list which its class keeps under a key. */
export function methodDecorator<F, T extends object>(name: string, key: symbol, metadata: T) {
  return <G extends F>(target: object, method: string, _descriptor: TypedPropertyDescriptor<G>): void => {
    demandMethod(name, target, method);
    const all = [...methodMetadata<T>(key, target.constructor), { ...metadata, method }];
    Reflect.defineMetadata(key, all, target.constructor);
  };
}

export function methodMetadata<T>(key: symbol, target: object): readonly OfMethod<T>[] {
  return (Reflect.getOwnMetadata(key, target) as readonly OfMethod<T>[] | undefined) ?? [];
}
