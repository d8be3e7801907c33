import { GantryError } from '../contracts/index.js';

interface UsageSource {
  /** The words before `--help`: `docker volume ls`. */
  readonly command: string;
  /** The words after it in the usage line; none: no usage line. */
  readonly usage?: string;
}

export function usageLine(command: string, usage: string): string {
  return `Usage:  ${usage ? `${command} ${usage}` : command}`;
}

/** The lines that suggest similar names; undefined where no name is similar. */
export function suggestionLines(suggestions: readonly string[]): string | undefined {
  return suggestions.length === 0 ? undefined : ['Did you mean this?', ...suggestions.map((s) => `  ${s}`)].join('\n');
}

/** A usage error with the lines that Docker prints below it: the usage, and where to find help. */
export function withUsage(error: GantryError, source: UsageSource): GantryError {
  const paragraphs = [
    error.hint,
    source.usage === undefined ? undefined : usageLine(source.command, source.usage),
    `Run '${source.command} --help' for more information`,
  ];
  const hint = paragraphs.filter((paragraph) => paragraph !== undefined).join('\n\n');
  const code = error.exitCode === undefined ? {} : { exitCode: error.exitCode };
  return new GantryError('usage', error.message, { ...code, hint, cause: error.cause });
}
