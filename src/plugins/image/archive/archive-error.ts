/** An archive that cannot be unpacked, whatever the state of the engine. The message names the entry. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}
