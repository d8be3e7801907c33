import 'reflect-metadata';
import type { Client } from './client.js';
import { COMMAND_KEY, demandClass } from './decorators.js';
import type { Completion } from './option.js';

/**
 * The effect of a command, or of a method of a service, on what exists:
 * - `read`: looks, waits, follows.
 * - `write`: makes something, or changes what it is called: an image, a container, a name.
 * - `exec`: runs a program, or hands its input, terminal and signals over. So `start` is `exec`, and so is `attach`.
 * - `destroy`: ends or removes what the caller names. So `stop` is `destroy`, and `restart`, which ends one run and
 *   begins another, is both.
 *
 * Later consequences do not count: the removal that `run --rm` asks for is no `destroy`.
 * Decides what a limited socket lets through, what a plugin needs a right for, and what `--dry-run` only records.
 */
export type Effect = (typeof EFFECTS)[number];
export const EFFECTS = ['read', 'write', 'exec', 'destroy'] as const;

export interface CommandMetadata {
  /** The words a user types after `docker`: `run`, `volume ls`. Its other names are in its plugin's `index.ts`. */
  readonly name: string;
  /** One line, an imperative sentence without a full stop. */
  readonly summary: string;
  /** Its heading in `docker help`. */
  readonly group: 'Common Commands' | 'Management Commands' | 'Commands';
  /** The usage after the name, in Docker's notation: `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  readonly usage: string;
  /** How many positional arguments it takes. No `max`: any number. */
  readonly args: {
    readonly min: number;
    readonly max?: number;
    /** The completion of each of them; the last entry holds for all that follow. */
    readonly complete?: readonly Completion[];
  };
  /** Flags end at the first positional argument: the rest belongs to the container's command. */
  readonly stopsAtFirst?: boolean;
  readonly examples?: readonly (readonly [commandLine: string, what: string])[];
  /** All that it may do, with whatever options. */
  readonly effects: readonly Effect[];
  /** The exit code when the engine refuses or fails: 1 by default, 125 for commands whose own codes are a container's. */
  readonly failureExitCode?: number;
}

/** All that a command may know of its call. Commands reach no console, no `process.stdout`, no `process.env`. */
export interface CommandContext extends Client {
  /** The positional arguments. */
  readonly args: readonly string[];
  /** As of `Client`. @throws GantryError `denied`, too, for a client that writes no files */
  saveTo(path: string): Promise<void>;
  /** Turns a path that the client gave into an absolute one, by the client's working directory. */
  resolvePath(path: string): string;
  /**
   * Says that what this command starts must live on after it: returns in a daemon, throws `NeedsDaemon` in a local
   * call. Call it before anything is changed. A dry run needs none.
   */
  needsDaemon(): void;
}

/** A command: a class with `@Command`, options as decorated properties, services by its constructor. One instance a call. */
export interface CommandHandler {
  /** Runs it. The number is the exit code; nothing means 0. A `GantryError` thrown becomes words and code at the border. */
  run(context: CommandContext): Promise<number | void>;
}

export type CommandClass = new (...services: never[]) => CommandHandler;

/** Metadata as a class declares them: what is left out has a default. */
export type DeclaredCommand = Pick<CommandMetadata, 'name' | 'summary'> & Partial<CommandMetadata>;

const DEFAULTS: Pick<CommandMetadata, 'group' | 'usage' | 'args'> = {
  group: 'Commands',
  usage: '[OPTIONS] [ARG...]',
  args: { min: 0 },
};

/** Marks a class as a command. Stores its metadata and nothing else. */
export function Command(metadata: DeclaredCommand) {
  return (target: CommandClass): void => {
    demandClass('Command', target);
    Reflect.defineMetadata(COMMAND_KEY, { ...DEFAULTS, ...metadata }, target);
  };
}

/**
 * @internal
 * @param effects of a command that does not say what it does
 */
export function commandMetadata(target: object, effects: readonly Effect[] = EFFECTS): CommandMetadata | undefined {
  const metadata = Reflect.getOwnMetadata(COMMAND_KEY, target) as DeclaredCommand | undefined;
  return metadata && ({ effects, ...metadata } as CommandMetadata);
}

/** Thrown in a local call by a command whose work outlives it: `main.ts` starts a daemon and sends the command there. */
export class NeedsDaemon extends Error {
  override readonly name = 'NeedsDaemon';
}
