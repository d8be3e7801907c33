import { checkArity, normalise } from './arguments.js';
import { exitCodeOf, failureOf } from './border.js';
import { parse } from './cli-adapter.js';
import type { CallHandler, Client, Outcome } from './client.js';
import {
  type CommandClass,
  type CommandHandler,
  type CommandMetadata,
  commandMetadata,
  EFFECTS,
  type Effect,
  NeedsDaemon,
} from './command.js';
import { contextFor } from './context.js';
import { runDry } from './dry-run.js';
import { GantryError } from './errors.js';
import { commandHelp, groupHelp, topHelp } from './help.js';
import { optionsOf } from './option.js';
import { changesAnything, demandPermission } from './permission.js';
import { Recorder } from './recording.js';
import type { CommandEntry, Registry, Target } from './registry.js';
import type { ServiceHost } from './services.js';
import { write } from './streams.js';
import { withUsage } from './usage.js';

type CommandTarget = Extract<Target, { kind: 'command' }>;

export interface LocalCallOptions {
  /** Whether this process is the daemon, which may look after what a command starts. */
  readonly daemon: boolean;
  /** Takes the stack of an error that is a bug. */
  readonly onBug?: (stack: string) => void;
}

/** Runs command lines in this process: what the daemon does for its clients, and what a call without a daemon does. */
export class LocalCall {
  constructor(
    private readonly registry: Registry,
    private readonly host: ServiceHost,
    private readonly options: LocalCallOptions,
  ) {}

  /**
   * Resolves, parses and runs a command line. Never rejects but for `NeedsDaemon`, and that only outside the daemon.
   */
  readonly handle: CallHandler = (argv, client) => this.#handle(argv, client, EFFECTS);

  /** The same for callers with fewer rights: a command that may do more than is allowed is refused. Help never is. */
  restricted(allow: readonly Effect[]): CallHandler {
    return (argv, client) => this.#handle(argv, client, allow);
  }

  async #handle(argv: readonly string[], client: Client, allow: readonly Effect[]): Promise<Outcome> {
    try {
      return await this.#answer(argv, client, allow);
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #answer(argv: readonly string[], client: Client, allow: readonly Effect[]): Promise<Outcome> {
    const asksForHelp = argv[0]?.toLowerCase() === 'help';
    const target = this.registry.resolve(asksForHelp ? argv.slice(1) : argv);
    if (target.kind === 'command' && !asksForHelp) return this.#call(target, client, allow);
    return tell(client, await this.#help(target, widthFor(client)));
  }

  async #call({ entry, name, argv }: CommandTarget, client: Client, allow: readonly Effect[]): Promise<Outcome> {
    const loaded = await load(entry);
    try {
      const line = normalise(argv, loaded.metadata, loaded.options);
      if (line.help) return tell(client, commandHelp({ name, names: entry.names, ...loaded }, widthFor(client)));
      demandPermission(allow, entry, loaded.metadata);
      checkArity(`docker ${name}`, loaded.metadata.args, line.positionals.length);
      const { values, args } = await parse(loaded.options, line);
      const isDry = line.dryRun && changesAnything(loaded.metadata.effects);
      const recorder = isDry ? new Recorder(`docker ${name}`) : undefined;
      const command = await this.host.command(loaded.commandClass, entry.plugin, recorder);
      for (const [property, value] of values) Reflect.set(command, property, value);
      const { daemon } = this.options;
      const exitCode = recorder
        ? await runDry(recorder, client, (rehearsal) => this.#run(command, contextFor(rehearsal, args, true)))
        : await this.#run(command, contextFor(client, args, daemon));
      return { exitCode };
    } catch (error) {
      const { usage } = loaded.metadata;
      const isUsage = error instanceof GantryError && error.kind === 'usage';
      return this.#failed(isUsage ? withUsage(error, { command: `docker ${name}`, usage }) : error, loaded.metadata);
    }
  }

  async #run(command: CommandHandler, context: ReturnType<typeof contextFor>): Promise<number> {
    const exitCode = (await command.run(context)) ?? 0;
    if (Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255) return exitCode;
    throw new Error(`a command returned the exit code ${exitCode}`);
  }

  async #help(target: Target, width: number): Promise<string> {
    if (target.kind === 'top') return topHelp(this.registry, width);
    if (target.kind === 'group') return groupHelp(this.registry, target.group, width);
    const { name, entry } = target;
    return commandHelp({ name, names: entry.names, ...(await load(entry)) }, width);
  }

  #failed(error: unknown, metadata?: CommandMetadata): Outcome {
    if (error instanceof NeedsDaemon && !this.options.daemon) throw error;
    if (!(error instanceof GantryError))
      this.options.onBug?.(error instanceof Error ? (error.stack ?? '') : String(error));
    return { exitCode: exitCodeOf(error, metadata), failure: failureOf(error) };
  }
}

interface LoadedCommand {
  readonly commandClass: CommandClass;
  readonly metadata: CommandMetadata;
  readonly options: ReturnType<typeof optionsOf>;
}

async function load(entry: CommandEntry): Promise<LoadedCommand> {
  const commandClass = await entry.load();
  const metadata = commandMetadata(commandClass);
  if (!metadata) throw new Error(`'${entry.names[0]}' is no class with @Command`);
  return { commandClass, metadata, options: optionsOf(commandClass) };
}

async function tell(client: Client, text: string): Promise<Outcome> {
  await write(client.stdout, text);
  return { exitCode: 0 };
}

const USUAL_WIDTH = 80;
const LEAST_WIDTH = 20;

function widthFor(client: Client): number {
  const width = client.terminal.size?.columns ?? Number(client.env['COLUMNS']);
  return Number.isInteger(width) && width > 0 ? Math.max(LEAST_WIDTH, width) : USUAL_WIDTH;
}
