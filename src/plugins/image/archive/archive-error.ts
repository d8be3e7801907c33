/** An archive that cannot be unpacked, whatever the state of the engine. The message names the entry. */
export class ArchiveError extends Error {
  override readonly name: string = 'ArchiveError';
}

/** What is wrong with the entry that is being unpacked: the message goes after its name and a colon. */
export class EntryError extends ArchiveError {
  override readonly name = 'EntryError';
}
