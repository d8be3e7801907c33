import { chmodSync, constants } from 'node:fs';
import { check, type Descriptor, F_SETPIPE_SZ, libc, openDescriptor } from '../../../host/index.js';

const S_IFIFO = 0o010000;
/** The largest size that Linux allows without a privilege (`/proc/sys/fs/pipe-max-size`). */
const CAPACITY = 1 << 20;

/**
 * Makes a named pipe that a container of any user may reopen through its `/proc/self/fd`; its folder's mode prevents
 * other access.
 */
export function makeFifo(path: string): void {
  check(libc().mknod(path, S_IFIFO | 0o600, 0), 'mkfifo', path);
  // Whatever the umask.
  chmodSync(path, 0o666);
}

/**
 * The container's end of its output. It is open for reading as well, so that a container that writes while no engine
 * runs waits on a full pipe instead of dying of SIGPIPE.
 */
export function openContainerOutput(path: string): Descriptor {
  return withCapacity(openDescriptor(path, constants.O_RDWR));
}

/** The engine's end: reading ends when no process of the container is left. */
export function openForReading(path: string): Descriptor {
  return openDescriptor(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** The engine's end of an input that the container keeps open. */
export function openForWriting(path: string): Descriptor {
  return openDescriptor(path, constants.O_WRONLY | constants.O_NONBLOCK);
}

/** Both ends of a pipe. */
export interface PipeEnds {
  readonly container: Descriptor;
  readonly engine: Descriptor;
}

/**
 * The two ends of a container's input. With `keepOpen` the container's end is open for writing too, and never ends;
 * else it ends when the engine's end does.
 */
export function openInput(path: string, keepOpen: boolean): PipeEnds {
  using _reader = openForReading(path);
  using opened = new DisposableStack();
  const engine = opened.use(openForWriting(path));
  const container = openDescriptor(path, keepOpen ? constants.O_RDWR : constants.O_RDONLY);
  opened.move();
  return { container, engine };
}

/** The two ends of an output that ends with its reader. */
export function openOutput(path: string): PipeEnds {
  using opened = new DisposableStack();
  const engine = opened.use(openForReading(path));
  const container = withCapacity(openDescriptor(path, constants.O_WRONLY));
  opened.move();
  return { container, engine };
}

function withCapacity(pipe: Descriptor): Descriptor {
  libc().fcntl(pipe.fd, F_SETPIPE_SZ, CAPACITY);
  return pipe;
}
