import 'reflect-metadata';
import { container, type DependencyContainer, inject, injectable } from 'tsyringe';
import {
  type CommandClass,
  type CommandHandler,
  GantryError,
  type PluginDefinition,
  type Service,
  type ServiceClass,
  type Token,
} from '../contracts/index.js';
import type { Recorder } from '../dry-run/index.js';
import type { PluginRegistry } from '../registry/index.js';
import { injectedTokens } from './injected-tokens.js';
import { planStart, type ServicePlan } from './start-plan.js';

/** The services of one engine: made and started when first asked for, each once, and stopped in reverse order. */
export class ServiceHost {
  readonly #container: DependencyContainer = container.createChildContainer();
  readonly #starts = new Map<symbol, Promise<void>>();
  readonly #running: Service[] = [];
  #stopped: Promise<void> | undefined;

  constructor(private readonly registry: PluginRegistry) {}

  /** Brings a ready-made value, whose token the registry was told of as given. */
  value<T>(token: Token<T>, value: T): this {
    if (!this.registry.isGiven(token)) throw new Error(`'${token.label}' is not among the registry's given tokens`);
    this.#container.registerInstance(token.symbol, value);
    return this;
  }

  /**
   * Starts the services and all that they need, what is independent at the same time. Those that run already are left
   * alone. A start that failed is tried again by the next call.
   * @throws what a service's module or `onStart` throws; GantryError `unavailable` when the host is stopping
   */
  async ensure(tokens: readonly Token<unknown>[]): Promise<void> {
    this.#refuseWhenStopping();
    const isRunning = (token: Token<unknown>): boolean => this.#container.isRegistered(token.symbol);
    const wanted = tokens.filter((token) => !isRunning(token));
    if (wanted.length === 0) return;
    await this.#startAll(wanted, await planStart(wanted, this.registry, isRunning));
  }

  /** A running service, or a given value. @throws Error for any other: tsyringe would make one without a word */
  resolve<T>(token: Token<T>): T {
    if (!this.#container.isRegistered(token.symbol)) throw new Error(`the service '${token.label}' is not running`);
    return this.#container.resolve<T>(token.symbol);
  }

  /**
   * Makes a command with the services that its constructor asks for, starting them. One instance a call.
   * @param recorder of a dry run: the command gets proxies of the services; given values are passed as they are
   */
  async command(commandClass: CommandClass, plugin: PluginDefinition, recorder?: Recorder): Promise<CommandHandler> {
    if (!recorder) return this.make(commandClass, plugin);
    const needs = injectedTokens(commandClass, plugin, this.registry);
    await this.ensure(needs);
    const standIns = await Promise.all(needs.map((token) => this.#proxyOf(token, recorder)));
    return Reflect.construct(commandClass, standIns) as CommandHandler;
  }

  /** Makes an instance of a plugin's class with the services that its constructor asks for, starting them. */
  async make<T>(made: ServiceClass<T>, plugin: PluginDefinition): Promise<T> {
    const needs = injectedTokens(made, plugin, this.registry);
    await this.ensure(needs);
    return this.#construct(made, needs);
  }

  async #proxyOf(token: Token<unknown>, recorder: Recorder): Promise<unknown> {
    const entry = this.registry.providerOf(token);
    return entry ? recorder.proxyOf(this.resolve(token) as object, entry) : this.resolve(token);
  }

  /** Stops what runs, in reverse order of start, once starts under way have ended. Nothing can be started after it. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    await Promise.allSettled(this.#starts.values());
    const failures: unknown[] = [];
    for (const service of this.#running.splice(0).reverse()) {
      try {
        await service.onStop?.();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'services failed to stop');
  }

  #refuseWhenStopping(): void {
    if (this.#stopped) throw new GantryError('unavailable', 'the engine is stopping');
  }

  async #startAll(tokens: readonly Token<unknown>[], plans: ReadonlyMap<symbol, ServicePlan>): Promise<void> {
    await Promise.all(tokens.map((token) => this.#startOnce(token, plans)));
  }

  #startOnce(token: Token<unknown>, plans: ReadonlyMap<symbol, ServicePlan>): Promise<void> {
    const plan = plans.get(token.symbol);
    if (!plan || this.#container.isRegistered(token.symbol)) return Promise.resolve();
    const underWay = this.#starts.get(token.symbol);
    if (underWay) return underWay;
    const start = this.#start(plan, plans).finally(() => this.#starts.delete(token.symbol));
    this.#starts.set(token.symbol, start);
    return start;
  }

  /** Registers the service once it runs, so that a failed start leaves nothing behind. */
  async #start(plan: ServicePlan, plans: ReadonlyMap<symbol, ServicePlan>): Promise<void> {
    await this.#startAll(plan.needs, plans);
    this.#refuseWhenStopping();
    const service = this.#construct(plan.serviceClass as ServiceClass<Service>, plan.needs);
    await service.onStart?.();
    this.#running.push(service);
    this.#container.registerInstance(plan.token.symbol, service);
  }

  #construct<T>(constructed: ServiceClass<T>, needs: readonly Token<unknown>[]): T {
    const target = constructed as new (...services: unknown[]) => T;
    // tsyringe keeps every class that it has seen: those of third-party plugins come and go.
    if (needs.length === 0) return new target();
    for (const token of needs) this.resolve(token);
    needs.forEach((token, parameter) => {
      inject(token.symbol)(target, undefined, parameter);
    });
    injectable<T>()(target);
    return this.#container.resolve(target);
  }
}
