import { type CommandContext, GantryError } from '../contracts/index.js';
import { write } from '../streams/index.js';
import { plain } from '../text/index.js';

interface EachOptions {
  /** Whether each name that worked is printed; else the action prints for itself. */
  readonly print?: boolean;
  /** How many are worked on at the same time. */
  readonly atOnce?: number;
  /** Failures that are told, and leave the exit code as it is. */
  readonly forgives?: (error: GantryError) => boolean;
}

/**
 * Runs an action for each name that the user gave. A failure is reported on stderr, and the others go on, unless the call
 * itself is cut short; the exit code then is 1. What is printed is in the order of the names.
 */
export async function each(
  { args, stdout, stderr, gone }: CommandContext,
  action: (name: string) => Promise<void>,
  { print = true, atOnce = 1, forgives = () => false }: EachOptions = {},
): Promise<number> {
  let exitCode = 0;
  for await (const { name, error } of results(args, action, atOnce)) {
    if (error === undefined) {
      if (print) await write(stdout, `${name}\n`);
    } else if (!(error instanceof GantryError) || gone.aborted) {
      throw error;
    } else {
      await write(stderr, `Error: ${plain(error.message)}${error.hint ? ` (${plain(error.hint)})` : ''}\n`);
      if (!forgives(error)) exitCode = 1;
    }
  }
  return exitCode;
}

interface Result {
  readonly name: string;
  readonly error?: unknown;
}

async function* results(
  names: readonly string[],
  action: (name: string) => Promise<void>,
  atOnce: number,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for (let next = 0; next < names.length; next++) {
    while (started.length < Math.min(names.length, next + atOnce)) {
      started.push(resultOf(names[started.length] ?? '', action));
    }
    const result = started[next];
    if (result) yield await result;
  }
}

function resultOf(name: string, action: (name: string) => Promise<void>): Promise<Result> {
  return action(name).then(
    () => ({ name }),
    (error: unknown) => ({ name, error }),
  );
}
