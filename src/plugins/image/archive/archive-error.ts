/** An archive that cannot be unpacked, whatever the state of the engine. The message names the entry. */
export class ArchiveError extends Error {
  override readonly name: string = 'ArchiveError';

  /** What to try. */
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.hint = hint;
  }
}

/** What is wrong with the entry that is being unpacked: the message goes after its name and a colon. */
export class EntryError extends ArchiveError {
  override readonly name = 'EntryError';
}
