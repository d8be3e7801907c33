import { type Effect, GantryError, token } from '../../contracts/index.js';
import type { CallScope } from '../../dry-run/index.js';
import type { PluginRegistry } from '../../registry/index.js';
import type { ServiceHost } from '../../services/index.js';
import type { ServiceParams } from '../protocol/index.js';

type AnyService = Record<string, (...args: unknown[]) => unknown>;
type AnyEffect = 'read' | { readonly effect: Effect };

/** The plugin that calls a service, and its rights. */
interface Caller {
  readonly id: string;
  readonly rights: readonly string[];
}

/** A service that a third-party plugin offers. */
export interface OfferedByPlugin {
  readonly plugin: string;
  readonly effects: Readonly<Record<string, Effect>>;
  call(method: string, args: readonly unknown[], scope: CallScope | undefined): Promise<unknown>;
}

/** Routes plugins' calls of services to the service, if the plugin's rights and those of the call permit it. */
export class ServiceRouter {
  constructor(
    private readonly host: ServiceHost,
    private readonly registry: () => PluginRegistry,
    private readonly offeredBy: (label: string) => OfferedByPlugin | undefined,
  ) {}

  /** The methods of the services that built-in plugins open to others, by label. */
  static async openMethods(registry: PluginRegistry): Promise<Readonly<Record<string, readonly string[]>>> {
    const open = registry.plugins.flatMap(({ provides = [] }) => provides).filter((provider) => provider.open);
    const entries = open.map(async (provider) => {
      return [provider.token.label, Object.keys((await provider.effects?.()) ?? {})] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** @throws GantryError `denied` for what it may not, `invalid` for no such member, and what the service throws */
  async call(asking: Caller, { label, method, args }: ServiceParams, scope: CallScope | undefined): Promise<unknown> {
    const offered = this.offeredBy(label);
    if (offered) {
      const effect = Object.hasOwn(offered.effects, method) ? offered.effects[method] : undefined;
      if (!effect) throw noSuchMember(label, method);
      this.#demand(asking, label, method, effect, scope);
      if (scope?.recorder && effect !== 'read') {
        return scope.recorder.note(effect, `call ${label}.${method} of plugin '${offered.plugin}'`);
      }
      return offered.call(method, args, scope);
    }
    return this.#builtIn(asking, { label, method, args }, scope);
  }

  async #builtIn(
    asking: Caller,
    { label, method, args }: Pick<ServiceParams, 'label' | 'method' | 'args'>,
    scope: CallScope | undefined,
  ): Promise<unknown> {
    const wanted = token<AnyService>(label);
    const entry = this.registry().providerOf(wanted);
    if (!entry?.provider.open) throw new GantryError('unavailable', `no plugin offers the service '${label}'`);
    const effects = ((await entry.provider.effects?.(scope?.recorder)) ?? {}) as Readonly<Record<string, AnyEffect>>;
    const effect = Object.hasOwn(effects, method) ? effects[method] : undefined;
    if (!effect) throw noSuchMember(label, method);
    this.#demand(asking, label, method, effect === 'read' ? 'read' : effect.effect, scope);
    await this.host.ensure([wanted]);
    const service = this.host.resolve(wanted);
    const target = scope?.recorder ? ((await scope.recorder.proxyOf(service, entry)) as AnyService) : service;
    const answer = await target[method]?.(...args);
    // What a dry run cannot know is no data.
    return typeof answer === 'function' ? undefined : answer;
  }

  #demand(asking: Caller, label: string, method: string, effect: Effect, scope: CallScope | undefined): void {
    const { id, rights } = asking;
    if (!rights.includes(`${label}.${effect}`) && !rights.includes(`${label}.all`)) {
      const hint = `Add '${label}.${effect}' to its rights`;
      throw new GantryError('denied', `plugin '${id}' has no right to ${label}.${method}, which is '${effect}'`, {
        hint,
      });
    }
    if (scope && !scope.effects.includes(effect)) {
      const message = `${label}.${method} is '${effect}', and this call may only ${scope.effects.join(', ')}`;
      throw new GantryError('denied', message, { hint: `The command's 'effects' have to name it` });
    }
  }
}

function noSuchMember(label: string, method: string): GantryError {
  return new GantryError('invalid', `'${label}' has no member '${method}'`);
}
