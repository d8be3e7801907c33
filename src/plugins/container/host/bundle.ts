import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFifo } from './named-pipes.js';

/** How long the engine's end stays open for a monitor that is just opening its own. */
const RELEASE_MS = 1000;

/** The folder of one run of a container, under the run folder: an OCI bundle, and the files of its monitor. */
export class Bundle {
  readonly rootfs: string;
  readonly config: string;
  /** Namespaces of other containers are mounted in it. */
  readonly namespaces: string;
  /** Parts of volumes are mounted in it. */
  readonly subpaths: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Receives `columns rows` lines for the pty host. */
  readonly sizes: string;
  /** Signals the monitor that all output has been read. */
  readonly end: string;
  /** Log of the runtime, JSON lines: the reason why it could not start the program. */
  readonly runtimeLog: string;

  constructor(readonly path: string) {
    this.rootfs = join(path, 'rootfs');
    this.config = join(path, 'config.json');
    this.namespaces = join(path, 'namespaces');
    this.subpaths = join(path, 'subpaths');
    this.stdin = join(path, 'in');
    this.stdout = join(path, 'out');
    this.stderr = join(path, 'err');
    this.sizes = join(path, 'sizes');
    this.end = join(path, 'end');
    this.runtimeLog = join(path, 'runtime.log');
  }

  /** Creates it again, without the files of an earlier run. */
  create({ tty, openStdin }: { readonly tty: boolean; readonly openStdin: boolean }): void {
    this.release();
    mkdirSync(this.rootfs, { recursive: true, mode: 0o700 });
    makeFifo(this.stdout);
    makeFifo(this.end);
    if (tty) makeFifo(this.sizes);
    else makeFifo(this.stderr);
    if (openStdin) makeFifo(this.stdin);
  }

  exists(): boolean {
    return statSync(this.stdout, { throwIfNoEntry: false }) !== undefined;
  }

  /**
   * Call it when the run has ended and its output is read: releases the monitor and removes the folder. A monitor that
   * has not got so far yet finds no pipe to wait on. A folder that is removed in any other way would leave it waiting
   * for ever.
   */
  release(): void {
    const pipe = openIfExists(this.end);
    try {
      if (pipe !== undefined) writeSync(pipe, '\n');
    } finally {
      if (pipe !== undefined) setTimeout(() => closeSync(pipe), RELEASE_MS).unref();
      rmSync(this.path, { recursive: true, force: true });
    }
  }

  /** Pid of the container's first process; undefined until the runtime has written it. */
  pid(): number | undefined {
    return numberIn(join(this.path, 'pid'));
  }

  /** Exit code of the run; undefined until it has ended. */
  exitCode(): number | undefined {
    return numberIn(join(this.path, 'exit'));
  }

  /** Where the kernel's log was when the run began. */
  writeKernelLogPosition(position: number): void {
    writeFileSync(this.#kernelLogPosition, String(position), { mode: 0o600 });
  }

  /** Undefined where the engine that started the run did not look at the kernel's log. */
  kernelLogPosition(): number | undefined {
    return numberIn(this.#kernelLogPosition);
  }

  get #kernelLogPosition(): string {
    return join(this.path, 'kernel-log');
  }

  /** The runtime's last error; undefined where there is none. */
  failure(): string | undefined {
    return lastError(this.runtimeLog);
  }
}

/** The last error in a log that an OCI runtime wrote as JSON lines. */
export function lastError(path: string): string | undefined {
  const lines = readText(path)?.trimEnd().split('\n') ?? [];
  for (const line of lines.reverse()) {
    const entry = parseLogLine(line);
    if (entry?.level === 'error') return entry.msg;
  }
  return undefined;
}

function openIfExists(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (error) {
    return ifNone(error);
  }
}

function parseLogLine(line: string): { level?: string; msg?: string } | undefined {
  try {
    return JSON.parse(line) as { level?: string; msg?: string };
  } catch {
    return line ? { level: 'error', msg: line } : undefined;
  }
}

export function numberIn(path: string): number | undefined {
  const text = readText(path)?.trim();
  return text && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** @throws where it may be there and cannot be read: an exit code that is not seen is not a run that goes on */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return ifNone(error);
  }
}

/** Undefined where there is no such file, or something else in its place. */
function ifNone(error: unknown): undefined {
  const isNone = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '');
  if (!isNone) throw error;
}
