import { type PathBytes, printable } from '../fs/index.js';

/** An archive that cannot be unpacked, whatever the state of the engine. The message names the entry. */
export class ArchiveError extends Error {
  override readonly name: string = 'ArchiveError';

  /** A remedy to suggest. */
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.hint = hint;
  }
}

/** An error in the entry that is being unpacked. Its message is shown after the entry's name and a colon. */
export class EntryError extends ArchiveError {
  override readonly name = 'EntryError';
}

/** Says which entry an error is about. */
export function withEntryName(name: PathBytes, error: unknown): unknown {
  if (error instanceof EntryError) return new ArchiveError(`${printable(name)}: ${error.message}`);
  return error instanceof ArchiveError ? error : Object.assign(error as Error, { entry: printable(name) });
}
