import { closeSync, constants, openSync } from 'node:fs';
import { check, F_SETPIPE_SZ, libc } from '../../../host/index.js';

const S_IFIFO = 0o010000;
/** The largest size that Linux allows without a privilege (`/proc/sys/fs/pipe-max-size`). */
const CAPACITY = 1 << 20;

/**
 * Makes a named pipe that a container of any user may reopen through its `/proc/self/fd`; its folder's mode prevents
 * other access.
 */
export function makeFifo(path: string): void {
  check(libc().mknod(path, S_IFIFO | 0o666, 0), 'mkfifo', path);
}

/**
 * The container's end of its output. It is open for reading as well, so that a container that writes while no engine
 * runs waits on a full pipe instead of dying of SIGPIPE.
 */
export function openContainerOutput(path: string): number {
  const fd = openSync(path, constants.O_RDWR);
  libc().fcntl(fd, F_SETPIPE_SZ, CAPACITY);
  return fd;
}

/** The engine's end: reading ends when no process of the container is left. */
export function openForReading(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** The engine's end of an input that the container keeps open. */
export function openForWriting(path: string): number {
  return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
}

/**
 * The two ends of a container's input. With `keepOpen` the container's end is open for writing too, and never ends;
 * else it ends when the engine's end does.
 */
export function openInput(path: string, keepOpen: boolean): { container: number; engine: number } {
  const probe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const engine = openForWriting(path);
  const container = openSync(path, keepOpen ? constants.O_RDWR : constants.O_RDONLY);
  closeSync(probe);
  return { container, engine };
}

/** The two ends of an output that ends with its reader. */
export function openOutput(path: string): { container: number; engine: number } {
  const engine = openForReading(path);
  const container = openSync(path, constants.O_WRONLY);
  libc().fcntl(container, F_SETPIPE_SZ, CAPACITY);
  return { container, engine };
}
