import { closeSync, constants, writeSync } from 'node:fs';
import { SystemError } from '../../../host/index.js';
import { ArchiveError, ByteSource, COPY_OF_ROOT, TarReader, Unpacker } from '../archive/index.js';
import { dieWithParent, enterRoot, openBeneath, PlainPlaces } from '../fs/index.js';
import { TarSplitWriter } from '../tar-split/index.js';
import { FrameReader } from './job-frames.js';
import type { UnpackJob, UnpackOutcome } from './unpack-job.js';

/**
 * A process of its own that unpacks archives, one after another, as they come on stdin (`job-frames.ts`): each into a
 * directory that becomes this process's root first. It writes the outcome of each as one line of JSON to descriptor 3, and
 * ends after the first bad one. A hostile archive harms this process only.
 */

const ARCHIVES_FD = 0;
const OUTCOME_FD = 3;
/** The directory that contains the directories to be filled, or is one of them; and the directory of tar-split data. */
const LAYERS_FD = 4;
const TAR_SPLITS_FD = 5;
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

const frames = new FrameReader(ARCHIVES_FD);

function unpack({ limit, layer, tarSplit: tarSplitName, into, ofUser }: UnpackJob): UnpackOutcome {
  const open: number[] = [];
  const kept = (fd: number): number => {
    open.push(fd);
    return fd;
  };
  try {
    if (ofUser) return copyForUser(ofUser, limit);
    const layerFd = kept(openBeneath(LAYERS_FD, layer, DIRECTORY));
    const tarSplit = tarSplitName === undefined ? undefined : newTarSplit(tarSplitName, kept);
    enterRoot(layerFd);
    const source = new ByteSource((...where) => frames.read(...where), limit);
    if (tarSplit) source.onBytes = (bytes) => tarSplit.literal(bytes);
    if (into !== undefined) process.chdir(into);
    const unpacker = new Unpacker(new TarReader(source), tarSplit ? { tarSplit } : { copy: COPY_OF_ROOT });
    unpacker.unpackAll();
    tarSplit?.end();
    return { size: unpacker.size, diffId: `sha256:${source.digest()}`, implied: unpacker.implied.paths };
  } catch (error) {
    return failure(error as Error & { code?: string; entry?: string });
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

function copyForUser(rules: NonNullable<UnpackJob['ofUser']>, limit: number): UnpackOutcome {
  const source = new ByteSource((...where) => frames.read(...where), limit);
  const unpacker = new Unpacker(new TarReader(source), { copy: { ...rules, places: new PlainPlaces(LAYERS_FD) } });
  unpacker.unpackAll();
  return { size: unpacker.size, diffId: `sha256:${source.digest()}`, leftOut: unpacker.leftOut };
}

function newTarSplit(name: string, kept: (fd: number) => number): TarSplitWriter {
  const folder = kept(openBeneath(TAR_SPLITS_FD, name, DIRECTORY));
  return new TarSplitWriter(kept(openBeneath(folder, 'recipe', NEW_FILE, 0o600)), folder);
}

const BAD_ENTRIES: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'its name is too long',
  EEXIST: 'a part of its path is no directory',
  ENOTDIR: 'a part of its path is no directory',
  ELOOP: 'its path leads through a link, or round in links',
  ENOENT: 'its path leads nowhere',
  EISDIR: 'a directory is in its place',
  EFBIG: 'it is larger than a file can be',
  EINVAL: 'it is nothing that this filesystem can hold',
  E2BIG: 'an extended attribute is too large',
  ERANGE: 'an extended attribute is too large',
  EMLINK: 'it has too many hard links',
};
const HOST_FAILURES: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EPERM: 'the host does not permit it',
  EACCES: 'the host does not permit it',
  EROFS: 'the filesystem is read-only',
  EIO: 'the disk fails',
};

function failure(error: Error & { code?: string; entry?: string }): UnpackOutcome {
  if (error instanceof ArchiveError) return { kind: 'invalid', message: error.message, hint: error.hint };
  const code = error instanceof SystemError ? error.code : (error.code ?? '');
  const entry = error.entry ?? 'the archive';
  if (BAD_ENTRIES[code]) return { kind: 'invalid', message: `${entry}: ${BAD_ENTRIES[code]}` };
  if (HOST_FAILURES[code]) return { kind: 'unavailable', message: `${entry}: ${HOST_FAILURES[code]}` };
  return { kind: 'internal', message: `${entry}: ${error.message}` };
}

function serve(): void {
  // The next engine sweeps the unfinished folder, which must not grow then.
  dieWithParent();
  process.umask(0);
  for (let job = frames.job(); job !== undefined; job = frames.job()) {
    const outcome = unpack(JSON.parse(job) as UnpackJob);
    writeSync(OUTCOME_FD, `${JSON.stringify(outcome)}\n`);
    if ('kind' in outcome) return;
  }
}

serve();
