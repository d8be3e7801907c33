import { closeSync, constants, openSync } from 'node:fs';
import { GantryError } from '../../kernel/index.js';
import { mount, SystemError } from '../system/index.js';
import type { RootFilesystem } from './contracts.js';

/** mount(2) takes one page, the zero byte at its end included. */
const MAX_OPTIONS = 4095;
/** What would end a path in the option string. */
const SEPARATORS = /[:,\\]/;
/**
 * Lower layers are shared by many mounts, which `index` forbids. Copying metadata alone, or renaming directories by
 * reference, would leave in the upper folder what no layer archive can tell, and what a hostile layer could forge.
 */
const FEATURES = 'index=off,metacopy=off,redirect_dir=off';

/** An overlayfs of folders: `lowers` from the highest to the lowest. */
export class OverlayRoot implements RootFilesystem {
  constructor(
    private readonly lowers: readonly string[],
    private readonly upper: string,
    private readonly work: string,
  ) {}

  mount(target: string): void {
    try {
      if (!this.#mountByPath(target)) this.#mountByDescriptor(target);
    } catch (error) {
      throw error instanceof SystemError ? explained(error, target) : error;
    }
  }

  #mountByPath(target: string): boolean {
    const paths = [...this.lowers, this.upper, this.work];
    const options = optionsOf(this.lowers, this.upper, this.work);
    if (Buffer.byteLength(options) > MAX_OPTIONS || paths.some((path) => SEPARATORS.test(path))) return false;
    mount('overlay', target, 'overlay', 0, options);
    return true;
  }

  /** Short names without separators for any folder, so that 200 layers fit a page. */
  #mountByDescriptor(target: string): void {
    const opened: number[] = [];
    const named = (path: string): string => {
      opened.push(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
      return `/proc/self/fd/${opened.at(-1)}`;
    };
    try {
      mount('overlay', target, 'overlay', 0, optionsOf(this.lowers.map(named), named(this.upper), named(this.work)));
    } finally {
      for (const fd of opened) closeSync(fd);
    }
  }
}

function optionsOf(lowers: readonly string[], upper: string, work: string): string {
  return `lowerdir=${lowers.join(':')},upperdir=${upper},workdir=${work},${FEATURES}`;
}

function explained(error: SystemError, target: string): GantryError {
  if (error.code === 'ENODEV') {
    return new GantryError('unavailable', "this host's kernel has no overlayfs", {
      hint: 'load it with "modprobe overlay", or use a kernel that has it',
      cause: error,
    });
  }
  const hint =
    error.code === 'EINVAL' ? 'the kernel log (dmesg) tells which option or folder overlayfs refuses' : undefined;
  return new GantryError('unavailable', `cannot mount a root filesystem at ${target}: ${error.code}`, {
    ...(hint ? { hint } : {}),
    cause: error,
  });
}
