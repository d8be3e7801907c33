import { GantryError } from '../../contracts/index.js';
import { didYouMean } from '../../text/index.js';
import type { Manifest } from '../protocol/index.js';
import type { PluginRecord } from './plugin-records.js';

/** A third-party plugin beside the one that asks to be admitted. */
export interface OtherPlugin {
  readonly source: string;
  readonly manifest: Manifest;
}

/** Names of the built-in plugins that others can refer to or clash with. */
export interface BuiltIns {
  readonly ids: readonly string[];
  /** Labels of all services, and of those that are open. */
  readonly services: readonly string[];
  /** The other exports of `gantry`: no service can have such a name. */
  readonly names: readonly string[];
  readonly open: readonly string[];
  readonly events: readonly string[];
  /** By command: headers and filter names of its table. */
  readonly tables: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly filters: readonly string[] }>
  >;
}

/**
 * Refuses a plugin that clashes with what is there, or asks for what is not. Commands are the registry's to check.
 * @throws GantryError `conflict` naming both sides; `unavailable` for what may come later; `invalid`
 */
export function checkAdmission(
  manifest: Manifest,
  source: string,
  others: readonly OtherPlugin[],
  builtIns: BuiltIns,
): void {
  checkId(manifest, source, others, builtIns);
  checkServices(manifest, others, builtIns);
  checkTables(manifest, others, builtIns);
  for (const { action, name } of manifest.handlers) {
    if (builtIns.events.includes(action)) continue;
    const [near] = didYouMean(action, builtIns.events);
    const hint = near ? `Did you mean '${near}'?` : `There are ${builtIns.events.join(', ')}`;
    throw new GantryError('invalid', `'${name}' waits for the event '${action}', which does not exist`, { hint });
  }
  refuseCycles(manifest, others);
}

function checkId({ id }: Manifest, source: string, others: readonly OtherPlugin[], builtIns: BuiltIns): void {
  if (builtIns.ids.includes(id)) throw new GantryError('conflict', `the id '${id}' is a built-in plugin's`);
  const other = others.find(({ manifest }) => manifest.id === id);
  if (other) throw new GantryError('conflict', `${source} and ${other.source} both have the id '${id}'`);
}

function checkServices(manifest: Manifest, others: readonly OtherPlugin[], builtIns: BuiltIns): void {
  for (const { label } of manifest.services) {
    if (builtIns.names.includes(label)) {
      throw new GantryError(
        'conflict',
        `the service '${label}' of plugin '${manifest.id}' is called what 'gantry' has already`,
      );
    }
    const other = ownerOf(label, others);
    const owner = other ? `plugin '${other}'` : builtIns.services.includes(label) ? 'the engine' : undefined;
    if (owner)
      throw new GantryError('conflict', `the service '${label}' of plugin '${manifest.id}' is ${owner}'s already`);
  }
  const missing = missingServices(manifest, others, builtIns);
  if (missing.length === 0) return;
  const hint = `The engine has ${builtIns.open.join(', ')}`;
  throw new GantryError('unavailable', `it asks for '${missing.join("', '")}', which no plugin offers`, { hint });
}

/** Services that a plugin asks for and no plugin offers now. */
export function missingServices(
  { asks }: Manifest,
  others: readonly OtherPlugin[],
  builtIns: BuiltIns,
): readonly string[] {
  return asks.filter((label) => !builtIns.open.includes(label) && ownerOf(label, others) === undefined);
}

function ownerOf(label: string, plugins: readonly OtherPlugin[]): string | undefined {
  return plugins.find(({ manifest }) => manifest.services.some((service) => service.label === label))?.manifest.id;
}

function checkTables(manifest: Manifest, others: readonly OtherPlugin[], builtIns: BuiltIns): void {
  const columns = (one: Manifest): Entry[] => one.columns.map(({ command, header }) => ({ command, name: header }));
  const filters = (one: Manifest): Entry[] => one.filters.map(({ command, filter }) => ({ command, name: filter }));
  for (const [what, entriesOf, key] of [
    ['column', columns, 'columns'],
    ['filter', filters, 'filters'],
  ] as const) {
    for (const { command, name } of entriesOf(manifest)) {
      const table = Object.hasOwn(builtIns.tables, command) ? builtIns.tables[command] : undefined;
      if (!table) {
        const hint = `These have: ${Object.keys(builtIns.tables).join(', ')}`;
        throw new GantryError('invalid', `the command '${command}' has no table for the ${what} '${name}'`, { hint });
      }
      const has = (one: Manifest): boolean => entriesOf(one).some((e) => e.command === command && e.name === name);
      const other = others.find((neighbour) => has(neighbour.manifest))?.manifest.id;
      const owner = table[key].includes(name) ? `'${command}' itself` : other && `plugin '${other}'`;
      if (!owner) continue;
      const message = `the ${what} '${name}' of '${command}' is claimed by plugin '${manifest.id}' and by ${owner}`;
      throw new GantryError('conflict', message);
    }
  }
}

interface Entry {
  readonly command: string;
  readonly name: string;
}

/** Plugins whose services need each other could never be made. */
function refuseCycles(manifest: Manifest, others: readonly OtherPlugin[]): void {
  const all = [...others.map((other) => other.manifest), manifest];
  const walk = (one: Manifest, path: readonly string[]): void => {
    if (path.includes(one.id)) {
      const circle = [...path.slice(path.indexOf(one.id)), one.id].join(' -> ');
      throw new GantryError('conflict', `circular dependency of plugins: ${circle}`);
    }
    if (one.services.length === 0 && path.length > 0) return;
    for (const other of all) {
      if (other !== one && other.services.some(({ label }) => one.asks.includes(label))) walk(other, [...path, one.id]);
    }
  };
  walk(manifest, []);
}

/** The flags of a command, with who brought them. */
interface FlagOwner {
  readonly owner: string;
  readonly options: Manifest['commands'][number]['options'];
}

/** @throws GantryError `conflict` naming both sides where two claim one flag */
export function checkFlags(command: string, owners: readonly FlagOwner[]): void {
  const seen: { readonly name: string; readonly owner: string }[] = [];
  for (const { owner, options } of owners) {
    for (const name of options.flatMap(({ flags }) => flags.split(',').map((flag) => flag.trim()))) {
      const other = seen.find((one) => one.name === name)?.owner;
      if (other !== undefined && other !== owner) {
        throw new GantryError('conflict', `the flag '${name}' of '${command}' is claimed by ${other} and by ${owner}`);
      }
      seen.push({ name, owner });
    }
  }
}

/** The rights and replacements that a plugin wants and the operator has not approved. */
export function unapproved(manifest: Manifest, record: PluginRecord): readonly string[] {
  const rights = wantedRights(manifest).filter((right) => !record.rights.includes(right));
  const replaces = manifest.replaces.filter((name) => !record.replaces.includes(name));
  return [...rights, ...replaces.map((name) => `replace:${name}`)];
}

/** The right to the whole host: never granted unless the operator approves it by name. */
const AS_ROOT = 'Host.all';

/** The rights of a plugin that has just been put into the folder. */
export function initialRights(manifest: Manifest): readonly string[] {
  return wantedRights(manifest).filter((right) => right !== AS_ROOT);
}

/** The rights that it declares, and what it does beside to calls that are not its own. */
export function wantedRights(manifest: Manifest): readonly string[] {
  const around = manifest.extensions.filter((extension) => extension.around).map(({ command }) => `around:${command}`);
  const listens = manifest.transports.map((scheme) => `listen:${scheme}`);
  return [...new Set([...manifest.rights, ...around, ...listens])].sort();
}
