import {
  commandMetadata,
  EFFECTS,
  type Effect,
  GantryError,
  injectionsOf,
  type OptionMetadata,
  optionsOf,
} from '../../contracts/index.js';
import { columnsOf, demandApi, eventsOf, extendsMetadata, filtersOf, type Plugin, schemeOf } from '../api/index.js';
import type { Manifest, ManifestCommand, ManifestExtension } from '../protocol/index.js';

type AnyClass = new (...services: never[]) => object;

/**
 * The manifest of a plugin, read from its decorators. None of its classes is made.
 * @throws GantryError `invalid` for what is not as it must be, naming the class
 */
export function describePlugin(plugin: Plugin): Manifest {
  demandPlugin(plugin);
  demandApi(plugin);
  const handlers = list<AnyClass>(plugin, 'handlers');
  return {
    id: plugin.id,
    api: plugin.api,
    summary: plugin.summary ?? '',
    rights: list<string>(plugin, 'rights'),
    replaces: list<string>(plugin, 'replaces'),
    asks: requiredServices(plugin),
    commands: list<AnyClass>(plugin, 'commands').map((command) => describeCommand(command, plugin)),
    extensions: list<AnyClass>(plugin, 'extensions').map(describeExtension),
    handlers: handlers.flatMap((handler) => named(handler, eventsOf(handler))),
    columns: handlers.flatMap((handler) => named(handler, columnsOf(handler))),
    filters: handlers.flatMap((handler) => named(handler, filtersOf(handler))),
    services: (plugin.services ?? []).map(({ token, effects }) => ({ label: token.label, effects })),
    transports: list<AnyClass>(plugin, 'transports').map(describeTransport),
  };
}

function demandPlugin(plugin: unknown): asserts plugin is Plugin {
  if (typeof plugin === 'object' && plugin !== null && 'id' in plugin) return;
  const what = plugin === undefined ? 'There is no default export' : 'The default export is no plugin';
  throw new GantryError('invalid', `${what}: write \`export default plugin({ id: '...', api: 1, ... })\``);
}

function list<T>(plugin: Plugin, key: keyof Plugin): readonly T[] {
  const value: unknown = plugin[key] ?? [];
  if (Array.isArray(value)) return value as readonly T[];
  throw new GantryError('invalid', `'${key}' of plugin '${plugin.id}' is no array`);
}

function describeCommand(command: AnyClass, plugin: Plugin): ManifestCommand {
  const effects = effectsOfRights(plugin.rights ?? []);
  const metadata = metadataOf(command, 'commands', '@Command', (target) => commandMetadata(target, effects));
  demandMethod(command, 'run');
  return { metadata, options: checkedOptions(command) };
}

/** A command that does not say what it does may do all that its plugin may. */
function effectsOfRights(rights: readonly string[]): readonly Effect[] {
  const verbs = rights.map((right) => right.split('.')[1]);
  if (verbs.includes('all')) return EFFECTS;
  return EFFECTS.filter((effect) => effect === 'read' || verbs.includes(effect));
}

function describeExtension(extension: AnyClass): ManifestExtension {
  const metadata = metadataOf(extension, 'extensions', '@Extends', extendsMetadata);
  const around = 'around' in extension.prototype;
  if (around) demandMethod(extension, 'around');
  return { ...metadata, name: extension.name, options: checkedOptions(extension), around };
}

function describeTransport(transport: AnyClass): string {
  demandMethod(transport, 'listen');
  return metadataOf(transport, 'transports', '@Transport', schemeOf);
}

function metadataOf<T>(listed: AnyClass, where: string, decorator: string, read: (target: object) => T | undefined): T {
  const metadata = typeof listed === 'function' ? read(listed) : undefined;
  if (metadata !== undefined) return metadata;
  const name = typeof listed === 'function' ? listed.name : String(listed);
  throw new GantryError('invalid', `'${name}' stands in the plugin's '${where}', and has no ${decorator}`);
}

function demandMethod(owner: AnyClass, method: string): void {
  if (typeof owner.prototype[method] === 'function') return;
  throw new GantryError('invalid', `the class '${owner.name}' has no method '${method}'`);
}

const OPTION_TYPES: readonly string[] = ['boolean', 'string', 'integer', 'list'] satisfies OptionMetadata['type'][];

function checkedOptions(owner: AnyClass): readonly OptionMetadata[] {
  const options = optionsOf(owner);
  for (const { type, flags } of options) {
    if (OPTION_TYPES.includes(type)) continue;
    const message = `the option '${flags}' of '${owner.name}' has the type '${type}', which does not exist`;
    throw new GantryError('invalid', message, { hint: `There are ${OPTION_TYPES.join(', ')}` });
  }
  return options;
}

function named<T extends { readonly method: string }>(
  owner: AnyClass,
  entries: readonly T[],
): (Omit<T, 'method'> & { name: string })[] {
  return entries.map(({ method, ...entry }) => ({ ...entry, name: `${owner.name}.${method}` }));
}

/** The services that the plugin's classes ask for: each must be its own, or one that it declares a right to. */
function requiredServices(plugin: Plugin): readonly string[] {
  const own = new Set((plugin.services ?? []).map(({ token }) => token.label));
  const rights = new Set((plugin.rights ?? []).map((right) => right.split('.')[0]));
  const labels = new Set<string>();
  for (const asking of classesOf(plugin)) {
    const tokens = injectionsOf(asking);
    for (let parameter = 0; parameter < Math.max(asking.length, tokens.length); parameter++) {
      const label = tokens[parameter]?.label;
      if (label === undefined) {
        throw new GantryError(
          'invalid',
          `parameter ${parameter + 1} of the constructor of '${asking.name}' has no token`,
        );
      }
      if (own.has(label)) continue;
      if (!rights.has(label)) {
        const message = `'${asking.name}' asks for '${label}', to which the plugin declares no right`;
        throw new GantryError('invalid', message, { hint: `Add '${label}.read', or what it needs, to its rights` });
      }
      labels.add(label);
    }
  }
  return [...labels];
}

function classesOf(plugin: Plugin): readonly AnyClass[] {
  const services = (plugin.services ?? []).map(({ serviceClass }) => serviceClass as AnyClass);
  const keys = ['commands', 'extensions', 'handlers', 'transports'] as const;
  const all = [...keys.flatMap((key) => list<AnyClass>(plugin, key)), ...services];
  return all.filter((listed) => typeof listed === 'function');
}
