import { constants } from 'node:os';
import { getSystemErrorMessage } from 'node:util';
import { GantryError } from '../contracts/index.js';

const DAMAGE = 'see `docker system check`';
const FULL = 'Free some space: see `docker system df` and `docker system prune`';
const DENIED =
  process.getuid?.() === 0
    ? 'The engine needs to be root, with all capabilities'
    : 'become root, or ask for membership of the docker group';
const TRY: Readonly<Record<string, string | undefined>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: undefined,
  EIO: 'See `dmesg`: the disk may be failing',
  EISDIR: DAMAGE,
  ENOTDIR: DAMAGE,
  ENOTEMPTY: DAMAGE,
  EEXIST: DAMAGE,
  ENOENT: DAMAGE,
  EBUSY: 'Something on this host uses it: try again',
  ENXIO: DAMAGE,
  ENODEV: undefined,
  ELOOP: DAMAGE,
  EPERM: DENIED,
  EACCES: DENIED,
  ETXTBSY: 'Something on this host uses it: try again',
};

/** What a limit of this process or of the host refuses, whatever it was for. */
const LIMITS: Readonly<Record<string, { readonly says: string; readonly hint: string } | undefined>> = {
  EMFILE: {
    says: 'too many open files in the engine',
    hint: 'Raise its limit: `ulimit -n`, or LimitNOFILE= of its unit',
  },
  ENFILE: { says: 'too many open files on this host', hint: 'Raise its limit: `sysctl fs.file-max`' },
  ENOBUFS: { says: 'the kernel has no room left for its messages', hint: 'Try again' },
  ENOMEM: { says: 'the host has no memory left for this', hint: 'See `free`, and the memory limit of the engine' },
};

const NO_PROCESS = {
  says: 'no more processes can be started',
  hint: 'Raise the limit: `ulimit -u`, TasksMax= of its unit, or `sysctl kernel.pid_max`',
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
  14: { says: 'the database cannot be opened', hint: 'The disk may be full, or too many files are open' },
  26: {
    says: 'the database is damaged',
    hint: '`docker system check --repair`, with no daemon running, brings back what can be had',
  },
};

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly errcode?: number;
}

/** The error for a refusal of the host, or for damage on its disk: no bug. Undefined for any other error. */
export function systemFailure(error: unknown): GantryError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', message, errcode, syscall = '' } = error as SystemError;
  const ofDatabase = code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? OF_DATABASE[errcode & 0xff] : undefined;
  if (ofDatabase) return new GantryError('unavailable', ofDatabase.says, { cause: error, hint: ofDatabase.hint });
  // A program that cannot be started is told by `spawn`; any other call just has to be repeated.
  const limit = code === 'EAGAIN' && /^(spawn|fork)/.test(syscall) ? NO_PROCESS : LIMITS[code];
  if (limit) return new GantryError('unavailable', limit.says, { cause: error, hint: limit.hint });
  if (!Object.hasOwn(TRY, code)) return undefined;
  const hint = TRY[code];
  // Node's own: `EIO: i/o error, read`. Those of `host`: `mount /x: EIO`, without words.
  const says = message.replace(`${code}: `, '').replace(new RegExp(`: ${code}$`), () => `: ${wordsOf(code)}`);
  return new GantryError('unavailable', says, { cause: error, ...(hint !== undefined && { hint }) });
}

/** What the kernel calls an error: `device or resource busy`. */
function wordsOf(code: string): string {
  return getSystemErrorMessage(-constants.errno[code as keyof typeof constants.errno]);
}
