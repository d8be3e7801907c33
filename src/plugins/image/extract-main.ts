import { openSync, writeSync } from 'node:fs';
import { SystemError } from '../system/index.js';
import { ArchiveError } from './archive/archive-error.js';
import { ByteSource } from './archive/byte-source.js';
import { TarReader } from './archive/reader.js';
import { RecipeWriter } from './archive/recipe-writer.js';
import { Unpacker } from './archive/unpacker.js';
import { enterRoot, syncFilesystem } from './native.js';

/**
 * A process of its own that unpacks one archive: from stdin, into the directory that is open as descriptor 4, telling the
 * outcome as one line of JSON on descriptor 3. Its arguments are the number of bytes at which the archive counts as a
 * bomb, and the folder in there that the archive is copied into; without, it becomes a layer, and the recipe for the
 * archive goes into the directory of descriptor 5.
 * What a hostile archive does, it does to this process alone.
 */

const ARCHIVE_FD = 0;
const OUTCOME_FD = 3;
const LAYER_FD = 4;
const RECIPE_FD = 5;

export type Outcome =
  | { readonly size: number; readonly diffId: string }
  | {
      readonly kind: 'invalid' | 'unavailable' | 'internal';
      readonly message: string;
      readonly hint?: string | undefined;
    };

function unpack(): Outcome {
  try {
    process.umask(0);
    const [folder] = process.argv.slice(3);
    const recipe = folder === undefined ? newRecipe() : undefined;
    enterRoot(`/proc/self/fd/${LAYER_FD}`);
    const source = new ByteSource(ARCHIVE_FD, Number(process.argv[2]));
    if (recipe) source.onBytes = (bytes) => recipe.literal(bytes);
    if (folder !== undefined) process.chdir(folder);
    const unpacker = new Unpacker(new TarReader(source), recipe);
    unpacker.all();
    recipe?.end();
    syncFilesystem(LAYER_FD);
    return { size: unpacker.size, diffId: `sha256:${source.digest()}` };
  } catch (error) {
    return failure(error as Error & { code?: string; entry?: string });
  }
}

/** Opened before the layer becomes the root: it lies outside. */
function newRecipe(): RecipeWriter {
  return new RecipeWriter(openSync(`/proc/self/fd/${RECIPE_FD}/recipe`, 'wx', 0o600), RECIPE_FD);
}

const BAD_NAMES: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'its name is too long',
  EEXIST: 'a part of its path is no directory',
  ENOTDIR: 'a part of its path is no directory',
  ELOOP: 'its path goes round in links',
  ENOENT: 'its path leads nowhere',
  EISDIR: 'a directory is in its place',
  EFBIG: 'it is larger than a file can be',
  EINVAL: 'it is nothing that this filesystem can hold',
  E2BIG: 'an extended attribute is too large',
  ERANGE: 'an extended attribute is too large',
  EMLINK: 'it has too many hard links',
};
const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EPERM: 'the host does not permit it',
  EACCES: 'the host does not permit it',
  EROFS: 'the disk is read-only',
  EIO: 'the disk fails',
};

function failure(error: Error & { code?: string; entry?: string }): Outcome {
  if (error instanceof ArchiveError) return { kind: 'invalid', message: error.message, hint: error.hint };
  const code = error instanceof SystemError ? error.code : (error.code ?? '');
  const entry = error.entry ?? 'the archive';
  if (BAD_NAMES[code]) return { kind: 'invalid', message: `${entry}: ${BAD_NAMES[code]}` };
  if (FULL[code]) return { kind: 'unavailable', message: `${entry}: ${FULL[code]}` };
  return { kind: 'internal', message: `${entry}: ${error.message}` };
}

writeSync(OUTCOME_FD, `${JSON.stringify(unpack())}\n`);
