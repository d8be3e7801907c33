import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CommandContext,
  type CommandHandler,
  type ExtendedCall,
  GantryError,
  injectionsOf,
  type Next,
  type Service,
} from '../../contracts/index.js';
import { type CommandExtension, type Plugin, type PluginTransport, schemeOf } from '../api/index.js';
import type { Manifest, Scope } from '../protocol/index.js';
import { describePlugin } from './describe-plugin.js';

type AnyClass = new (...services: unknown[]) => object;

/** The engine, as a plugin's code reaches it. */
export interface EngineSide {
  /** The methods of the services that the engine offers, by label; undefined: one that another plugin may offer. */
  methodsOf(label: string): readonly string[] | undefined;
  service(scope: Scope, label: string, method: string, args: readonly unknown[]): Promise<unknown>;
}

/** A plugin's code, loaded. Its classes are made when they are needed, with what their constructors ask for. */
export class PluginInstance {
  readonly manifest: Manifest;
  readonly #services = new Map<string, Promise<object>>();
  readonly #lasting = new Map<AnyClass, Promise<object>>();
  /** The call in whose name code runs, also behind the plugin's own services, promises and timers. */
  readonly #scope = new AsyncLocalStorage<Scope>();

  /** @throws GantryError `invalid` */
  constructor(
    private readonly plugin: Plugin,
    private readonly engine: EngineSide,
  ) {
    this.manifest = describePlugin(plugin);
  }

  run(
    name: string,
    options: Readonly<Record<string, unknown>>,
    context: CommandContext,
    scope: Scope,
  ): Promise<number> {
    return this.#scope.run(scope, async () => {
      const at = this.manifest.commands.findIndex(({ metadata }) => metadata.name === name);
      const command = (await this.#make(classAt(this.plugin.commands, at))) as CommandHandler;
      Object.assign(command, options);
      return (await command.run(context)) ?? 0;
    });
  }

  around(
    name: string,
    own: Readonly<Record<string, unknown>>,
    call: ExtendedCall,
    next: Next,
    scope: Scope,
  ): Promise<number> {
    return this.#scope.run(scope, async () => {
      const at = this.manifest.extensions.findIndex((extension) => extension.name === name);
      const extension = (await this.#make(classAt(this.plugin.extensions, at))) as CommandExtension;
      Object.assign(extension, own);
      let exitCode = 0;
      const noted: Next = async (changes) => {
        exitCode = await next(changes);
        return exitCode;
      };
      return (await extension.around?.(call, noted)) ?? exitCode;
    });
  }

  /** Calls a method of one of the plugin's handlers, which live as long as the plugin's process. */
  async handle(name: string, args: readonly unknown[], scope: Scope): Promise<unknown> {
    const [className = '', method = ''] = name.split('.');
    const handler = (this.plugin.handlers as readonly AnyClass[] | undefined)?.find(({ name }) => name === className);
    if (!handler) throw new Error(`no handler '${name}'`);
    const made = await once(this.#lasting, handler, () => this.#scope.run(0, () => this.#make(handler)));
    return this.#scope.run(scope, () => callMethod(made, method, args));
  }

  async service(label: string, method: string, args: readonly unknown[], scope: Scope): Promise<unknown> {
    const own = await this.#own(label);
    return this.#scope.run(scope, () => callMethod(own, method, args));
  }

  async transport(scheme: string): Promise<PluginTransport> {
    const transport = (this.plugin.transports as readonly AnyClass[] | undefined)?.find((t) => schemeOf(t) === scheme);
    if (!transport) throw new Error(`no transport '${scheme}'`);
    return this.#scope.run(0, () => this.#make(transport)) as Promise<PluginTransport>;
  }

  async #make(wanted: AnyClass): Promise<object> {
    const services = await Promise.all(injectionsOf(wanted).map(({ label }) => this.#resolve(label)));
    return new wanted(...services);
  }

  #resolve(label: string): object | Promise<object> {
    const isOwn = this.plugin.services?.some(({ token }) => token.label === label);
    return isOwn ? this.#own(label) : remote(label, () => this.#scope.getStore() ?? 0, this.engine);
  }

  /** Made in no call's name: it lives longer than the one that asks for it first. */
  #own(label: string): Promise<object> {
    return once(this.#services, label, () => this.#scope.run(0, () => this.#start(label)));
  }

  async #start(label: string): Promise<object> {
    const offered = this.plugin.services?.find(({ token }) => token.label === label);
    if (!offered) throw new Error(`no service '${label}'`);
    const service = (await this.#make(offered.serviceClass as AnyClass)) as Service;
    await service.onStart?.();
    return service;
  }
}

/** Made once, also when asked for twice at the same time; tried again after a failure. */
function once<K>(made: Map<K, Promise<object>>, key: K, make: () => Promise<object>): Promise<object> {
  const there = made.get(key);
  if (there) return there;
  const making = make();
  made.set(key, making);
  making.catch(() => made.delete(key));
  return making;
}

function classAt(classes: readonly unknown[] | undefined, at: number): AnyClass {
  const found = classes?.[at];
  if (typeof found !== 'function') throw new Error('the plugin does not have what its manifest says');
  return found as AnyClass;
}

function callMethod(owner: object, method: string, args: readonly unknown[]): unknown {
  const found: unknown = Reflect.get(owner, method);
  if (typeof found !== 'function') throw new Error(`'${owner.constructor.name}' has no method '${method}'`);
  return Reflect.apply(found, owner, args);
}

/** A service that lives in the engine or in another plugin: each method is a call. */
function remote(label: string, scope: () => Scope, engine: EngineSide): object {
  const methods = engine.methodsOf(label);
  const get = (_: object, member: string | symbol): unknown => {
    // A promise that resolves with it asks for `then`.
    if (typeof member === 'symbol' || member === 'then') return undefined;
    if (methods && !methods.includes(member)) {
      throw new GantryError('invalid', `'${label}' has no member '${member}'`, {
        hint: `It has ${methods.join(', ')}`,
      });
    }
    return (...args: unknown[]) => engine.service(scope(), label, member, args);
  };
  return new Proxy({}, { get });
}
