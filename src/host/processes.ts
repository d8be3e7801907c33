import { closeSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { bootId } from './boot-id.js';
import { type Descriptor, openDescriptor } from './descriptors.js';
import { epoll } from './epoll.js';
import { check, errnoName, libc, SystemError } from './libc.js';

/**
 * Processes, by an identity that no other process ever has. This file alone asks the kernel who has a pid, and it alone
 * sends signals: a number from a file or a row may belong to anybody by now, 0 is one's own process group, and a
 * negative number is that of another.
 *
 * - `identify(pid)`: the process that has this number now. Keep its result, not the number.
 * - `isAlive(process)`: false only where it has ended. A look that fails (no descriptor left, no memory, no right)
 *   throws, and its caller changes nothing: what cannot be seen may be alive.
 * - `signalProcess(process, 'SIGTERM')`: to that process or to none. False where it has ended.
 * - `openProcess(process)`: holds it by a pidfd, to send several signals or to learn of its end.
 * - `openFileOf(process, 'root', flags)`: its file in /proc, and no later process's.
 */
export interface ProcessIdentity {
  /** Of the kernel: no process survives a boot, even if its pid and start time are used again. */
  readonly boot: string;
  readonly pid: number;
  /** In clock ticks since boot. */
  readonly startTime: number;
}

/** Fields of /proc/PID/stat, counted from the one after the program's name. */
const STATE_FIELD = 0;
const FLAGS_FIELD = 6;
const THREADS_FIELD = 17;
const START_TIME_FIELD = 19;

/** Of the kernel's <linux/sched.h>: forked, and no exec since. */
const PF_FORKNOEXEC = 0x40;

/** Numbers of <sys/syscall.h>, the same on x86-64 and arm64. */
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;

/**
 * The identity of a running process; undefined where none has this pid, and for a zombie.
 * @throws where /proc cannot be read: the process may be alive
 */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  return fields && { boot: bootId(), pid, startTime: Number(fields[START_TIME_FIELD]) };
}

/** Whether a process runs a program of its own, and no more the code of the one that made it; true where it has ended. */
export function hasExecuted(pid: number): boolean {
  return (Number(statFields(pid)?.[FLAGS_FIELD] ?? 0) & PF_FORKNOEXEC) === 0;
}

/** Fields of /proc/PID/stat from the state on; undefined where no process has this pid, and for a zombie. */
function statFields(pid: number): readonly string[] | undefined {
  if (!isPid(pid)) return undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  // The program's name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return hasEnded(fields[STATE_FIELD], Number(fields[THREADS_FIELD])) ? undefined : fields;
}

/** ESRCH: it ended between the opening and the reading. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** A process whose first thread has ended is shown as a zombie, too, while others go on. */
function hasEnded(state: string | undefined, threads: number): boolean {
  return state === 'X' || (state === 'Z' && threads <= 1);
}

/** @throws where /proc cannot be read: it may be alive */
export function isAlive({ boot, pid, startTime }: ProcessIdentity): boolean {
  return boot === bootId() && identify(pid)?.startTime === startTime;
}

/** The identity of a process that ended before it could be looked at: no living process has it. */
export function endedProcess(pid: number): ProcessIdentity {
  return { boot: bootId(), pid, startTime: -1 };
}

let own: ProcessIdentity | undefined;

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  own ??= identify(process.pid);
  if (!own) throw new Error('/proc does not show this process');
  return own;
}

/** Whether this is the process that asks, which needs no look. */
export function isSelf(process: ProcessIdentity | undefined): boolean {
  const { boot, pid, startTime } = ownIdentity();
  return process?.pid === pid && process.startTime === startTime && process.boot === boot;
}

/**
 * Sends a signal to a process, and to no other.
 * @returns false where it has ended
 * @throws where it may be alive, and the signal could not be sent
 */
export function signalProcess(process: ProcessIdentity, signal: NodeJS.Signals | number): boolean {
  using held = openProcess(process);
  return held?.signal(signal) ?? false;
}

/** Holds a process: what is done with the result reaches no later process with its number. Undefined where it has ended. */
export function openProcess(process: ProcessIdentity): HeldProcess | undefined {
  if (!isPid(process.pid)) return undefined;
  const fd = Number(libc().pidfdOpen(SYS_PIDFD_OPEN, process.pid, 0));
  if (fd < 0) {
    const errno = libc().errno();
    if (isNoProcess(errno)) return undefined;
    throw new SystemError('pidfd_open', errno, String(process.pid));
  }
  using opened = new DisposableStack();
  const held = opened.use(new HeldProcess(fd, process.pid));
  // Asked after the opening: what has the number now is what the descriptor holds, or that one has ended.
  if (!isAlive(process)) return undefined;
  opened.move();
  return held;
}

/**
 * Opens a file of /proc/PID, such as `root` or `ns/net`, which is then that process's and no later one's. Undefined where
 * it has ended.
 * @throws where it may be alive, and the file cannot be opened
 */
export function openFileOf(process: ProcessIdentity, name: string, flags: string | number): Descriptor | undefined {
  if (!isPid(process.pid)) return undefined;
  using opened = new DisposableStack();
  let file: Descriptor;
  try {
    file = opened.use(openDescriptor(`/proc/${process.pid}/${name}`, flags));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  if (!isAlive(process)) return undefined;
  opened.move();
  return file;
}

/** The number is that of a thread for EINVAL and ENOENT: the process that had it has ended. */
function isNoProcess(errno: number): boolean {
  return ['ESRCH', 'EINVAL', 'ENOENT'].includes(errnoName(errno));
}

/** A process that is held by a pidfd, which signals and waits for no other. */
export class HeldProcess implements Disposable {
  #isOpen = true;

  constructor(
    private readonly fd: number,
    private readonly pid: number,
  ) {}

  /** False where it has ended. @throws SystemError where it may be alive, and the signal could not be sent */
  signal(signal: NodeJS.Signals | number): boolean {
    const result = libc().pidfdSendSignal(SYS_PIDFD_SEND_SIGNAL, this.fd, signalNumber(signal), null, 0);
    if (Number(result) < 0 && errnoName(libc().errno()) === 'ESRCH') return false;
    check(result, 'pidfd_send_signal', String(this.pid));
    return true;
  }

  /** Calls back once when it has ended, unless this is disposed of before. */
  onEnd(listener: () => void): void {
    epoll.watch(this.fd, () => {
      epoll.forget(this.fd);
      listener();
    });
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    epoll.forget(this.fd);
    closeSync(this.fd);
  }
}

function signalNumber(signal: NodeJS.Signals | number): number {
  const number = typeof signal === 'number' ? signal : constants.signals[signal];
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`no signal: ${signal}`);
  return number;
}

function isPid(pid: number): boolean {
  return Number.isSafeInteger(pid) && pid > 0;
}
