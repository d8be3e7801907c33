import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, openSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GantryError, type Outcome } from '../../kernel/contracts/index.js';
import { failureForWire } from '../wire/index.js';
import { failure } from './local-files.js';
import { LocalOutput } from './local-output.js';
import type { LocalSink, StdoutTarget } from './stdout-target.js';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
/** Made here, by this call. */
const NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
/** In characters: what is added makes a name of at most 255 bytes. */
const LONGEST_NAME = 50;

/** For its owner alone, as Docker has it: an image may hold secrets. */
const MODE = 0o600;

/** A file of the client's that a call's output goes to. It has its name when it is whole, and never before. */
export class OutputFile implements StdoutTarget {
  private constructor(
    private readonly fd: number,
    private readonly path: string,
    private readonly temporary: string | undefined,
  ) {}

  /** @throws GantryError `not found`, `denied`, `invalid` (a folder), `unavailable` */
  static open(path: string): OutputFile {
    try {
      const existing = statSync(path, { throwIfNoEntry: false });
      if (existing?.isDirectory()) throw new GantryError('invalid', `open ${path}: is a directory`);
      // A pipe or a device is no place to put a file in.
      if (existing && !existing.isFile()) return new OutputFile(openNoFile(path), path, undefined);
      // The folder may be somebody else's, who must not know the name before the file is there.
      const name = basename(path).slice(0, LONGEST_NAME);
      const temporary = join(dirname(path), `.${name}.${randomBytes(9).toString('base64url')}.part`);
      return new OutputFile(openSync(temporary, NEW_FILE, MODE), path, temporary);
    } catch (error) {
      throw error instanceof GantryError ? error : failure(path, error as NodeJS.ErrnoException);
    }
  }

  output(failed: (error: NodeJS.ErrnoException) => void): LocalSink {
    return new LocalOutput(this.fd, failed);
  }

  /** How the call ends, the file included: if not well, nothing of it stays. */
  outcome(outcome: Outcome): Outcome {
    try {
      this.#finish(outcome.exitCode === 0);
      return outcome;
    } catch (error) {
      return { exitCode: 1, failure: failureForWire(error) };
    }
  }

  #finish(whole: boolean): void {
    try {
      if (this.temporary && whole) fsyncSync(this.fd);
      closeSync(this.fd);
      if (!this.temporary) return;
      if (whole) renameSync(this.temporary, this.path);
      else unlinkSync(this.temporary);
    } catch (error) {
      throw failure(this.path, error as NodeJS.ErrnoException);
    }
  }
}

/** A pipe or a device. Nothing is cut off if a file has taken its place meanwhile. */
function openNoFile(path: string): number {
  const fd = openSync(path, O_WRONLY);
  if (!fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new GantryError('conflict', `open ${path}: it has become another file`);
}
