import { createRequire, registerHooks } from 'node:module';
import { token } from '../../contracts/index.js';

/** For the module that the compiler puts in the place of `gantry`, and for CommonJS packages bundled with a plugin. */
export function provideGantry(exported: Readonly<Record<string, unknown>>): void {
  const give = (name: string): unknown => (Object.hasOwn(exported, name) ? exported[name] : token(name));
  Reflect.set(globalThis, Symbol.for('gantry'), give);
  Reflect.set(globalThis, 'require', createRequire('/'));
}

/** Gives the module loader the code under the name of the plugin's file, so that stacks show its lines. */
export function registerModule(code: string, url: string): string {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === url ? { url, format: 'module', shortCircuit: true } : next(specifier, context),
    load: (wanted, context, next) =>
      wanted === url ? { format: 'module', source: code, shortCircuit: true } : next(wanted, context),
  });
  return url;
}
