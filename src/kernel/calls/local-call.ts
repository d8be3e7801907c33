import {
  type CallHandler,
  type Client,
  type CommandMetadata,
  EFFECTS,
  type Effect,
  GantryError,
  isKind,
  NeedsDaemon,
  type Outcome,
} from '../contracts/index.js';
import { answerHelp, HELP, helpText, pageOf } from '../help/index.js';
import { COMPLETE, withUsage } from '../parsing/index.js';
import type { PluginRegistry, RegistrySource } from '../registry/index.js';
import type { ServiceHost } from '../services/index.js';
import { write } from '../streams/index.js';
import { exitCodeOf, failureOf } from '../text/index.js';
import { type CommandTarget, callCommand } from './command-call.js';
import { Completer } from './completion.js';

interface LocalCallOptions {
  /** Whether this process is the daemon, which may look after what a command starts. */
  readonly daemon: boolean;
  /** Awaited before a command that changes anything. */
  readonly beforeChange?: () => Promise<void>;
  /** Takes the stack of an error that is a bug. */
  readonly onBug?: (stack: string) => void;
}

/** Runs command lines in this process: what the daemon does for its clients, and what a call without a daemon does. */
export class LocalCall {
  constructor(
    private readonly registries: RegistrySource,
    private readonly host: ServiceHost,
    private readonly options: LocalCallOptions,
  ) {}

  /**
   * Resolves, parses and runs a command line. Never rejects but for `NeedsDaemon`, and that only outside the daemon.
   */
  readonly handle: CallHandler = (argv, client) => this.#handle(argv, client, EFFECTS);

  /** Like `handle`, for callers with fewer rights: a command that may do more than is allowed is refused. Help never is. */
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
    const registry = this.registries.current;
    const [first = '', ...rest] = argv;
    if (client.protocol === 'v1') {
      if (isIdle(argv) && allow.includes('destroy')) return { exitCode: 0 };
      demandKnown(registry, argv);
      if (first === '' && argv.length > 0) return this.#answer([], client, allow);
    }
    if (first === COMPLETE) return tell(client, await new Completer(registry, this.host).answer(rest));
    if (first.toLowerCase() === HELP.metadata.name) {
      return tell(client, await answerHelp(registry, rest, widthFor(client)));
    }
    const target = registry.resolve(argv);
    if (target.kind !== 'command') return tell(client, helpText(await pageOf(registry, target), widthFor(client)));
    return this.#call(target, client, registry, allow);
  }

  async #call(
    target: CommandTarget,
    client: Client,
    registry: PluginRegistry,
    allow: readonly Effect[],
  ): Promise<Outcome> {
    const description = await target.entry.describe();
    const { host, options } = this;
    try {
      const { daemon, beforeChange } = options;
      const place = { registry, host, daemon, beforeChange, allow, width: widthFor(client) };
      return { exitCode: await callCommand(target, description, client, place) };
    } catch (error) {
      const { metadata } = description;
      if (!isKind(error, 'usage')) return this.#failed(error, metadata);
      const source = { command: `docker ${target.name}`, usage: metadata.usage };
      return this.#failed(withUsage(error as GantryError, source), metadata);
    }
  }

  #failed(error: unknown, metadata?: CommandMetadata): Outcome {
    if (error instanceof NeedsDaemon && !this.options.daemon) throw error;
    if (!(error instanceof GantryError))
      this.options.onBug?.(error instanceof Error ? (error.stack ?? '') : String(error));
    return { exitCode: exitCodeOf(error, metadata), failure: failureOf(error) };
  }
}

/** In 2013 nobody was told that these did nothing. */
function isIdle([command = '', ...rest]: readonly string[]): boolean {
  return rest.length === 0 && /^(rm|kill)$/i.test(command);
}

/** @throws GantryError `usage`, in the words of 2013 */
function demandKnown(registry: PluginRegistry, [first = '', second = '']: readonly string[]): void {
  const word = first.toLowerCase() === HELP.metadata.name ? second : first;
  if (word === '' || word.startsWith('-') || word === HELP.metadata.name || registry.knows(word.toLowerCase())) return;
  throw new GantryError('usage', `No such command: ${word}`);
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
