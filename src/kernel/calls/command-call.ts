import {
  type Client,
  type CommandHandler,
  type Effect,
  GantryError,
  type OptionMetadata,
  type OptionValues,
} from '../contracts/index.js';
import { Explanation, Recorder, runDry, setScope } from '../dry-run/index.js';
import { commandPage, helpText } from '../help/index.js';
import { checkArity, parse, parseArgv } from '../parsing/index.js';
import {
  type CommandDescription,
  changesAnything,
  demandPermission,
  type ExtensionEntry,
  extraProperty,
  isOwnOption,
  type PluginRegistry,
  type Target,
} from '../registry/index.js';
import type { ServiceHost } from '../services/index.js';
import { write } from '../streams/index.js';
import { plain } from '../text/index.js';
import { callAround } from './around-call.js';
import { contextFor } from './command-context.js';

export type CommandTarget = Extract<Target, { kind: 'command' }>;

/** The engine that answers a call, and the rights and width of its caller. */
interface CallOptions {
  readonly registry: PluginRegistry;
  readonly host: ServiceHost;
  /** Whether this process is the daemon. */
  readonly daemon: boolean;
  /** Awaited before a command that changes anything. */
  readonly beforeChange: (() => Promise<void>) | undefined;
  /** The effects that the caller is permitted. */
  readonly allow: readonly Effect[];
  readonly width: number;
}

/**
 * Parses and runs one command, through what plugins put around it.
 * @returns the exit code. @throws GantryError `usage`, `denied`, and what the command throws
 */
export async function callCommand(
  { entry, name, argv }: CommandTarget,
  { metadata, options }: CommandDescription,
  client: Client,
  { registry, host, daemon, beforeChange, allow, width }: CallOptions,
): Promise<number> {
  const line = parseArgv(argv, metadata, options, client.protocol === 'v1');
  if (line.help) {
    await write(client.stdout, helpText(commandPage({ name, names: entry.names, metadata, options }), width));
    return 0;
  }
  demandPermission(allow, entry, metadata);
  checkArity(`docker ${name}`, metadata.args, line.positionals.length);
  const { values, args } = await parse(options, line);
  const isDry = line.explain || (line.dryRun && changesAnything(metadata.effects));
  const recorder = isDry ? new Recorder(`docker ${name}`) : undefined;
  if (!isDry && changesAnything(metadata.effects)) await beforeChange?.();
  const command = await host.command(await entry.load(), entry.plugin, recorder);
  const own = ownOptions(options);
  assign(command, own, values);

  const extensions = registry.extensionsOf(entry);
  const scope = { effects: metadata.effects, recorder };
  const explanation = line.explain ? new Explanation(name, entry, metadata) : undefined;
  const run = (caller: Client): Promise<number> =>
    callAround({
      extensions,
      scope,
      explanation,
      call: { command: entry.names[0], args, options: valuesOf(command, own), dryRun: isDry },
      ownOf: (extension) => extraValues(extension, values),
      checkChanges: (changes, plugin) => checkChanges(changes, options.filter(isOwnOption), name, plugin),
      command: (changes) => {
        assign(command, own, new Map(Object.entries(changes)));
        return checkedExitCode(command, setScope(contextFor(caller, args, daemon || isDry), scope));
      },
      warn: (message) => void write(client.stderr, `Warning: ${plain(message)}\n`),
    });
  if (recorder && explanation) return explanation.tell(client, recorder, run);
  return recorder ? runDry(recorder, client, run) : run(client);
}

async function checkedExitCode(command: CommandHandler, context: ReturnType<typeof contextFor>): Promise<number> {
  const exitCode = (await command.run(context)) ?? 0;
  if (Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255) return exitCode;
  throw new Error(`a command returned the exit code ${exitCode}`);
}

function ownOptions(options: CommandDescription['options']): readonly string[] {
  return options.filter(isOwnOption).map(({ property }) => property);
}

function assign(command: CommandHandler, own: readonly string[], values: ReadonlyMap<string, unknown>): void {
  for (const [property, value] of values) if (own.includes(property)) Reflect.set(command, property, value);
}

function valuesOf(command: CommandHandler, own: readonly string[]): OptionValues {
  return Object.fromEntries(own.map((property) => [property, Reflect.get(command, property) as unknown]));
}

const TYPES: Readonly<Record<OptionMetadata['type'], (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  list: (value) => Array.isArray(value) && value.every((member) => typeof member === 'string'),
};

/** A plugin may set what a user may. Without a value an option is as if it had not been given. */
function checkChanges(
  changes: OptionValues,
  options: readonly OptionMetadata[],
  command: string,
  plugin: string,
): void {
  for (const [property, value] of Object.entries(changes)) {
    const option = options.find((one) => one.property === property);
    const what = `plugin '${plugin}' sets '${property}' of 'docker ${command}'`;
    if (!option) {
      const hint = `Its options are ${options.map((one) => one.property).join(', ')}`;
      throw new GantryError('invalid', `${what}, which has no such option`, { hint });
    }
    if (value !== undefined && !TYPES[option.type](value)) {
      throw new GantryError('invalid', `${what} to what is no ${option.type}`);
    }
  }
}

function extraValues(entry: ExtensionEntry, values: ReadonlyMap<string, unknown>): OptionValues {
  const given = entry.extension.options.map(
    ({ property }) => [property, values.get(extraProperty(entry, property))] as const,
  );
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
