import { GantryError } from '../contracts/index.js';

const DAMAGE = 'see `docker system check`';
const FULL = 'Free some space: see `docker system df` and `docker system prune`';
const TRY: Readonly<Record<string, string | undefined>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: undefined,
  EIO: 'See `dmesg`: the disk may be failing',
  EMFILE: undefined,
  ENFILE: undefined,
  EISDIR: DAMAGE,
  ENOTDIR: DAMAGE,
  ENOTEMPTY: DAMAGE,
  EEXIST: DAMAGE,
};

/** SQLite's own codes, their lowest byte. */
const OF_DATABASE: Readonly<Record<number, { readonly says: string; readonly hint: string } | undefined>> = {
  5: { says: 'the database is busy', hint: 'Try again' },
  8: { says: 'the database cannot be written: its file system is read-only', hint: 'Mount it for writing' },
  10: { says: 'the database cannot be read or written', hint: 'See `dmesg`: the disk may be full, or failing' },
  11: {
    says: 'the database is damaged',
    hint: '`docker system check --repair`, with no daemon running, brings back what can be had',
  },
  13: { says: 'no space left on device for the database', hint: FULL },
  14: { says: 'the database cannot be opened', hint: 'The disk may be full: see `df`' },
  26: {
    says: 'the database is damaged',
    hint: '`docker system check --repair`, with no daemon running, brings back what can be had',
  },
};

interface SystemError extends Error {
  readonly code?: string;
  readonly path?: string;
  readonly errcode?: number;
}

/** The error for a refusal of the host, or for damage on its disk: no bug. Undefined for any other error. */
export function systemFailure(error: unknown): GantryError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', message, errcode } = error as SystemError;
  const ofDatabase = code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? OF_DATABASE[errcode & 0xff] : undefined;
  if (ofDatabase) return new GantryError('unavailable', ofDatabase.says, { cause: error, hint: ofDatabase.hint });
  if (!Object.hasOwn(TRY, code)) return undefined;
  const hint = TRY[code];
  const says = message.replace(`${code}: `, '');
  return new GantryError('unavailable', says, { cause: error, ...(hint !== undefined && { hint }) });
}
