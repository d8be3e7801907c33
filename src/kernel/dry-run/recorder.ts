import { type Effect, type Effects, GantryError, type Planned } from '../contracts/index.js';
import type { ProviderEntry } from '../registry/index.js';

/** Thrown where a command goes on with what a planned method would have given: nothing further can be known. */
export class DependsOnPlan extends Error {
  override readonly name = 'DependsOnPlan';
}

/** One step of a dry run. */
interface Step {
  readonly effect: Effect;
  readonly says: string;
}

type Method = (...args: unknown[]) => unknown;
type AnyMethodEffect = 'read' | { effect: Effect; plan(...args: unknown[]): Planned | Promise<Planned> };

/** Records the steps that a command would take, by proxies of the services that it asks for. */
export class Recorder {
  readonly steps: Step[] = [];

  /** @param what is run dry, for messages: `docker rm` */
  constructor(private readonly what: string) {}

  /**
   * A proxy of a service that reads for real, and only records the rest.
   * @throws GantryError `unavailable` where the plugin does not say what the service's methods do
   */
  async proxyOf(service: object, { provider, plugin }: ProviderEntry): Promise<object> {
    const { label } = provider.token;
    if (!provider.effects) throw this.#cannot(`plugin '${plugin.id}' does not say what its service '${label}' does`);
    const effects = await provider.effects(this);
    return new Proxy(Object.create(null), {
      get: (_, name) => (name === 'then' ? undefined : this.#method(service, label, effects, name)),
      set: () => {
        throw this.#cannot(`it sets a property of '${label}'`);
      },
    });
  }

  #method(service: object, label: string, effects: Effects<unknown>, name: string | symbol): Method {
    if (!Object.hasOwn(effects, name)) {
      throw this.#cannot(`it uses '${label}.${String(name)}', and what that does is not known`);
    }
    const known = (effects as Record<string | symbol, AnyMethodEffect>)[name] ?? 'read';
    if (known === 'read') return (Reflect.get(service, name) as Method).bind(service);
    return (...args) => {
      const planned = known.plan(service, ...args);
      return planned instanceof Promise
        ? planned.then((plan) => this.#note(known.effect, plan))
        : this.#note(known.effect, planned);
    };
  }

  /** Records a step whose result is not known. */
  note(effect: Effect, says: string): void {
    this.steps.push({ effect, says });
  }

  #note(effect: Effect, planned: Planned): unknown {
    if (planned.says !== undefined) this.steps.push({ effect, says: planned.says });
    return 'result' in planned ? planned.result : unknowable();
  }

  #cannot(why: string): GantryError {
    return new GantryError('unavailable', `'${this.what}' cannot be run dry: ${why}`);
  }
}

/** A result that a plan cannot know: it can be awaited and passed on. Looking into it ends the dry run. */
export function unknowable<T extends object>(): T {
  const end = (): never => {
    throw new DependsOnPlan('what follows depends on what is only planned');
  };
  const proxy: object = new Proxy(() => {}, {
    get: (_, name) => (name === 'then' ? undefined : end()),
    apply: end,
    has: end,
    ownKeys: end,
  });
  return proxy as T;
}
