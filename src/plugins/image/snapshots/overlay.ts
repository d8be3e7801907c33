import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { keepWorkingFolder, mount, openDescriptor, SystemError } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { RootFilesystem } from '../contracts/index.js';
import { copyAttributes, type LayerFolder } from './attributes.js';

/** mount(2) takes one page, the zero byte at its end included. */
const MAX_OPTIONS = 4095;
/** The kernel's limit (OVL_MAX_STACK). */
const MAX_LAYERS = 500;
/** Characters that end a path in the option string. */
const SEPARATORS = /[:,\\]/;
/**
 * Lower layers are shared by many mounts, which `index` forbids. Copying metadata alone, or renaming directories by
 * reference, would leave attributes in the upper folder that no layer archive can hold, and that a hostile layer could forge.
 */
const FEATURES = 'index=off,metacopy=off,redirect_dir=off';

/** The folders that an overlayfs writes to. */
interface Writable {
  readonly upper: string;
  readonly work: string;
  /** The directory that the root is like, where it is not the usual one. */
  readonly root?: (() => LayerFolder | undefined) | undefined;
}

/** An overlayfs of folders: `lowers` from the highest to the lowest. Without `writable` it is read-only. */
export class OverlaySnapshot implements RootFilesystem {
  constructor(
    private readonly lowers: readonly string[],
    private readonly writable?: Writable,
  ) {}

  async prepare(): Promise<void> {
    // Once it has been mounted, the container may have changed it.
    if (!this.writable || readdirSync(this.writable.work).length > 0) return;
    const root = this.writable.root?.();
    if (!root) return;
    const upper = openSync(this.writable.upper, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      copyAttributes(root, upper);
    } finally {
      closeSync(upper);
    }
  }

  mount(target: string): void {
    if (this.lowers.length > MAX_LAYERS) throw tooMany(this.lowers.length);
    try {
      if (!this.#mountByPath(target)) this.#mountByDescriptor(target);
    } catch (error) {
      throw error instanceof SystemError ? explained(error, target) : error;
    }
  }

  #mountByPath(target: string): boolean {
    const options = this.#options((path) => path);
    const { upper, work } = this.writable ?? {};
    const paths = [...this.lowers, ...[upper, work].filter((path) => path !== undefined)];
    if (Buffer.byteLength(options) > MAX_OPTIONS || paths.some((path) => SEPARATORS.test(path))) return false;
    mount('overlay', target, 'overlay', 0, options);
    return true;
  }

  /**
   * Folders by the numbers of their descriptors, which are their names in `/proc/self/fd`: so even as many as the kernel
   * takes fit one page, whatever they are called.
   */
  #mountByDescriptor(target: string): void {
    using opened = new DisposableStack();
    const number = (path: string): string =>
      String(opened.use(openDescriptor(path, constants.O_RDONLY | constants.O_DIRECTORY)).fd);
    const options = this.#options(number);
    opened.use(keepWorkingFolder());
    process.chdir('/proc/self/fd');
    mount('overlay', target, 'overlay', 0, options);
  }

  #options(named: (path: string) => string): string {
    const { lowers, writable } = this;
    const places = writable && [`upperdir=${named(writable.upper)}`, `workdir=${named(writable.work)}`];
    return [`lowerdir=${lowers.map(named).join(':')}`, ...(places ?? []), FEATURES].join(',');
  }
}

function tooMany(layers: number): GantryError {
  return new GantryError('invalid', `the image has ${layers} layers, and the kernel mounts ${MAX_LAYERS} at most`, {
    hint: 'make an image of one layer of it with docker export and docker import',
  });
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
