import { type CommandClass, type Effect, GantryError, type Token } from '../../contracts/index.js';
import type { PluginTransport } from './transport.js';

type Class<T = object> = new (...services: never[]) => T;

/** A service that a plugin offers to others. */
export interface OfferedService<T = object> {
  readonly token: Token<T>;
  /** Made once, when first asked for. May have `onStart`. Ends with its process, which may be any time. Methods take and give plain data. */
  readonly serviceClass: Class<T>;
  /** The methods that others may call, and what each does. */
  readonly effects: Readonly<Record<string, Effect>>;
}

/** The default export of a plugin's file. */
export interface Plugin {
  /** Lower case letters, digits, dashes. */
  readonly id: string;
  /** The plugin interface that it was written for. */
  readonly api: 1;
  /** One line, for `docker plugin ls`. */
  readonly summary?: string;
  /**
   * Its rights to services: `Containers.read`, `Images.destroy`, or another plugin's `Weather.read`. `Host.all`
   * runs it as root, in the host's namespaces, and not as a user of its own; it always waits for `docker plugin approve`. Pinned when the plugin is first loaded: a version that wants more
   * waits for `docker plugin approve`.
   */
  readonly rights?: readonly string[];
  /** Commands of the engine that its own take the place of. The operator has to approve them by name. */
  readonly replaces?: readonly string[];
  readonly commands?: readonly CommandClass[];
  /** Classes with `@Extends`: a `CommandExtension` each, or flags only. */
  readonly extensions?: readonly Class[];
  /** Classes with methods under `@On`, `@Column`, `@Filter`. */
  readonly handlers?: readonly Class[];
  readonly services?: readonly OfferedService[];
  /** Classes with `@Transport`. */
  readonly transports?: readonly Class<PluginTransport>[];
}

/** Declares a plugin. @throws GantryError `invalid` for another interface than this engine's */
export function plugin(declared: Plugin): Plugin {
  demandApi(declared);
  return declared;
}

/** Offers a service to other plugins, which ask for it by its token. */
export function offer<T extends object>(
  token: Token<T>,
  serviceClass: Class<T>,
  effects: { readonly [M in keyof T]?: Effect },
): OfferedService<T> {
  return { token, serviceClass, effects: effects as Readonly<Record<string, Effect>> };
}

/** @internal */
export const GUEST_API = 1;

/** @internal */
export function demandApi({ id, api }: { readonly id: unknown; readonly api: unknown }): void {
  if (api === GUEST_API) return;
  const message = `plugin '${String(id)}' is written for plugin interface ${String(api)}, and this engine has ${GUEST_API}`;
  throw new GantryError('invalid', message);
}

/** Thrown in `around`: refuses the call, with the reason that its user sees. */
export class Veto extends GantryError {
  constructor(reason: string, hint?: string) {
    super('denied', reason, hint === undefined ? {} : { hint });
    this.name = 'Veto';
  }
}
