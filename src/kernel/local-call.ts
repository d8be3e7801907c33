import { checkArity, normalise } from './arguments.js';
import { exitCodeOf, failureOf } from './border.js';
import { parse } from './cli-adapter.js';
import type { CallHandler, Client, Outcome } from './client.js';
import { type CommandHandler, type CommandMetadata, EFFECTS, type Effect, NeedsDaemon } from './command.js';
import { COMPLETE, Completer } from './completion.js';
import { contextFor } from './context.js';
import { runDry } from './dry-run.js';
import { GantryError } from './errors.js';
import { helpText } from './help.js';
import { answerHelp, HELP, pageOf } from './help-command.js';
import { commandPage } from './help-page.js';
import { changesAnything, demandPermission } from './permission.js';
import { Recorder } from './recording.js';
import type { Registry, Target } from './registry.js';
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
    const [first = '', ...rest] = argv;
    if (first === COMPLETE) return tell(client, await new Completer(this.registry, this.host).answer(rest));
    if (first.toLowerCase() === HELP.metadata.name) {
      return tell(client, await answerHelp(this.registry, rest, widthFor(client)));
    }
    const target = this.registry.resolve(argv);
    if (target.kind === 'command') return this.#call(target, client, allow);
    return tell(client, helpText(await pageOf(this.registry, target), widthFor(client)));
  }

  async #call({ entry, name, argv }: CommandTarget, client: Client, allow: readonly Effect[]): Promise<Outcome> {
    const { metadata, options } = await entry.describe();
    try {
      const line = normalise(argv, metadata, options);
      if (line.help) {
        const page = commandPage({ name, names: entry.names, metadata, options });
        return tell(client, helpText(page, widthFor(client)));
      }
      demandPermission(allow, entry, metadata);
      checkArity(`docker ${name}`, metadata.args, line.positionals.length);
      const { values, args } = await parse(options, line);
      const isDry = line.dryRun && changesAnything(metadata.effects);
      const recorder = isDry ? new Recorder(`docker ${name}`) : undefined;
      const command = await this.host.command(await entry.load(), entry.plugin, recorder);
      for (const [property, value] of values) Reflect.set(command, property, value);
      const { daemon } = this.options;
      const exitCode = recorder
        ? await runDry(recorder, client, (rehearsal) => this.#run(command, contextFor(rehearsal, args, true)))
        : await this.#run(command, contextFor(client, args, daemon));
      return { exitCode };
    } catch (error) {
      const isUsage = error instanceof GantryError && error.kind === 'usage';
      const { usage } = metadata;
      return this.#failed(isUsage ? withUsage(error, { command: `docker ${name}`, usage }) : error, metadata);
    }
  }

  async #run(command: CommandHandler, context: ReturnType<typeof contextFor>): Promise<number> {
    const exitCode = (await command.run(context)) ?? 0;
    if (Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255) return exitCode;
    throw new Error(`a command returned the exit code ${exitCode}`);
  }

  #failed(error: unknown, metadata?: CommandMetadata): Outcome {
    if (error instanceof NeedsDaemon && !this.options.daemon) throw error;
    if (!(error instanceof GantryError))
      this.options.onBug?.(error instanceof Error ? (error.stack ?? '') : String(error));
    return { exitCode: exitCodeOf(error, metadata), failure: failureOf(error) };
  }
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
