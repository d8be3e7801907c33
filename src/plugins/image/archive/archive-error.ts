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
