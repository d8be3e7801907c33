import { GantryError, PluginFailure } from '../../contracts/index.js';

/** The reason why a plugin is not in use. */
export interface Problem {
  readonly reason: string;
  readonly stack: string;
  /**
   * Set where the content is the cause: the labels of other plugins' services that it was compiled with. The same content
   * has it again, unless these change. Missing where the cause is another plugin, or a decision of the operator.
   */
  readonly labels?: string;
}

/** An error that is caused by a plugin's content. */
export class ContentError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.reason);
  }
}

export async function blamingContent<T>(labels: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new ContentError({ ...problemOf(error), labels });
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ContentError) return error.problem;
  if (error instanceof GantryError) {
    const stack = error instanceof PluginFailure ? error.guestStack : '';
    return { reason: error.hint && !stack ? `${error.message} (${error.hint})` : error.message, stack };
  }
  return { reason: `internal error: ${error instanceof Error ? (error.stack ?? error.message) : error}`, stack: '' };
}
