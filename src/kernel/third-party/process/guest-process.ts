import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { keepFromChildren, openDescriptor, spawnProgram } from '../../../host/index.js';
import { type CallHandlers, Channel, MAX_PLUGIN_FRAME } from '../protocol/index.js';
import {
  BEAT_MS,
  BLOCKED_MS,
  BUSY_BEATS,
  BUSY_SHARE,
  ENVIRONMENT,
  FLOOD_BYTES_PER_BEAT,
  HEAP_MB,
  isJailed,
  limitedNode,
  STALLED_MS,
} from './limits.js';

/** Kept of what it writes to its stdout and stderr. */
const TAIL_BYTES = 16 << 10;
/** Lines of one piece of output that are kept: the last ones, for a flood is not read in full. */
const LINES_AT_ONCE = 50;
/** How long its pipes may outlive it: what it has started may hold them. */
const DRAIN_MS = 300;
const TICKS_PER_SECOND = 100;
/** Lines of Node itself when `pausedStack` asks for its debugger. */
const OF_DEBUGGER = /^(Debugger |For help, see: https:\/\/nodejs\.org\/)/;

interface ProcessOptions {
  /** The file of the program that loads plugins, `plugin-main.js` of the bundle. */
  readonly program: string;
  /** As root, and not as a user that nothing belongs to. */
  readonly privileged: boolean;
  readonly handlers: CallHandlers;
  /** A line that it wrote to its stdout or stderr. */
  readonly onLine: (line: string) => void;
}

/** The end of a plugin's process. */
export interface ProcessExit {
  /** `ran out of memory`, `called process.exit(3)`: follows the plugin's name in a sentence. */
  readonly reason: string;
  /** Of the plugin's code, where it is known; empty else. */
  readonly stack: string;
  /** False when the engine had no more use for it. */
  readonly failed: boolean;
}

/**
 * A process for one plugin: bounded in memory and processor time, with no rights on the host, ended when it does not
 * answer, and by the kernel when the engine dies.
 */
export class GuestProcess {
  readonly #child: ChildProcess;
  readonly #jailed: boolean;
  readonly channel: Channel;
  readonly ended: Promise<ProcessExit>;
  #tail = '';
  #written = 0;
  #exitReason: Omit<ProcessExit, 'failed'> | undefined;
  #stopped = false;
  #beating: NodeJS.Timeout | undefined;

  constructor(private readonly options: ProcessOptions) {
    this.#child = start(options);
    this.#jailed = isJailed(options.privileged);
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    this.ended = promise;
    this.channel = new Channel(
      this.#child.stdio[3] as Duplex,
      options.handlers,
      (error) => {
        if (error) this.#exitReason ??= { reason: `broke the protocol: ${error.message}`, stack: '' };
        this.kill();
      },
      MAX_PLUGIN_FRAME,
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#collect(stream as Readable);
    this.#child.once('error', (error) => {
      this.#exitReason ??= { reason: `could not be started: ${error.message}`, stack: '' };
      resolve(this.#end(null, null));
    });
    this.#child.once('exit', (code, signal) => void this.#drained().then(() => resolve(this.#end(code, signal))));
  }

  /** Of the plugin's own process; 0 where there is none yet, or no more. */
  get pid(): number {
    const outer = this.#child.pid ?? 0;
    return this.#jailed ? firstChildOf(firstChildOf(outer)) : outer;
  }

  /** Raises its priority: it has loaded, so its code is known, and calls may wait for it. */
  raisePriority(): void {
    setPriorityOf(this.pid, constants.priority.PRIORITY_NORMAL);
  }

  /** Begins to check that it answers. */
  watch(): void {
    void this.#beat(cpuSeconds(this.pid), 0);
  }

  /** The last lines that it wrote. */
  get output(): string {
    return this.#tail;
  }

  /** Ends it because it is no longer needed. */
  stop(): void {
    this.#stopped = true;
    this.kill();
  }

  /** Ends it for something that it did. */
  terminate(reason: string, stack = ''): void {
    this.#exitReason ??= { reason, stack };
    this.kill();
  }

  kill(): void {
    clearTimeout(this.#beating);
    this.#child.kill('SIGKILL');
  }

  /** Waits until all that it wrote has been read, and kills the processes that it started. */
  async #drained(): Promise<void> {
    clearTimeout(this.#beating);
    killGroup(this.#child.pid ?? 0);
    const { stdout, stderr } = this.#child;
    const ended = [stdout, stderr].map((stream) => stream && finished(stream).catch(() => {}));
    await Promise.race([Promise.all(ended), later(DRAIN_MS)]);
    stdout?.destroy();
    stderr?.destroy();
  }

  async #beat(cpuBefore: number, busyBeats: number): Promise<void> {
    const begin = performance.now();
    if (!(await this.#answersInTime())) return;
    await new Promise((resolve) => {
      this.#beating = setTimeout(resolve, BEAT_MS).unref();
    });
    if (this.#exitReason || this.#stopped || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    if (this.#written > FLOOD_BYTES_PER_BEAT) return this.terminate('floods its standard output');
    this.#written = 0;
    const cpu = cpuSeconds(this.pid);
    const share = (cpu - cpuBefore) / ((performance.now() - begin) / 1000);
    const busy = share > BUSY_SHARE ? busyBeats + 1 : 0;
    if (busy >= BUSY_BEATS) return this.terminate(`used a whole processor for ${BUSY_BEATS} s`);
    void this.#beat(cpu, busy);
  }

  async #answersInTime(): Promise<boolean> {
    const answer = this.channel.call('ping', {}).then(
      () => true,
      () => false,
    );
    const cpu = cpuSeconds(this.pid);
    for (let waited = 0; waited < STALLED_MS; waited += BLOCKED_MS) {
      const answered = await Promise.race([answer, later(BLOCKED_MS)]);
      if (answered !== undefined) return answered;
      if (cpuSeconds(this.pid) - cpu > BLOCKED_MS / 2000) break;
    }
    // Rarely needed, and it loads an HTTP client.
    const { pausedStack } = await import('./paused-stack.js');
    const stack = await pausedStack(this.pid);
    this.terminate(`blocked its event loop for ${BLOCKED_MS / 1000} s`, stack);
    return false;
  }

  #collect(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      this.#written += text.length;
      if (this.#written > FLOOD_BYTES_PER_BEAT) return this.terminate('floods its standard output');
      this.#tail = (this.#tail + text).slice(-TAIL_BYTES);
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-TAIL_BYTES);
      for (const line of lines.slice(-LINES_AT_ONCE)) if (!OF_DEBUGGER.test(line)) this.options.onLine(line);
    });
  }

  /** The signal that ended it, as a shell tells of it. */
  #signalIn(code: number | null): NodeJS.Signals | null {
    return (this.#jailed && code !== null && signalOf(code - 128)) || null;
  }

  #end(code: number | null, signal: NodeJS.Signals | null): ProcessExit {
    this.channel.close();
    const reason = this.#exitReason ?? exitReasonOf(this.#tail, code, signal ?? this.#signalIn(code));
    return { ...reason, failed: !this.#stopped };
  }
}

function signalOf(number: number): NodeJS.Signals | undefined {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] as NodeJS.Signals | undefined;
}

function start({ program, privileged }: ProcessOptions): ChildProcess {
  // A plugin gets nothing that the user's shell has open.
  keepFromChildren();
  // The plugin's user may not be able to reach the folders of these two: they are opened here.
  using main = openDescriptor(program, 'r');
  using node = openDescriptor(process.execPath, 'r');
  const child = spawnProgram(
    '/bin/sh',
    limitedNode(privileged),
    // A group of its own: keys on the user's terminal are not meant for it.
    { stdio: [main.fd, 'pipe', 'pipe', 'pipe', node.fd], cwd: '/', env: ENVIRONMENT, detached: true },
  );
  // The lowest one would keep it from loading in time on a busy host.
  setPriorityOf(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  return child;
}

function setPriorityOf(pid: number | undefined, priority: number): void {
  try {
    if (pid) setPriority(pid, priority);
  } catch {
    // It has ended already.
  }
}

function killGroup(leader: number): void {
  try {
    if (leader > 0) process.kill(-leader, 'SIGKILL');
  } catch {
    // No process is left in it.
  }
}

function exitReasonOf(tail: string, code: number | null, signal: NodeJS.Signals | null): Omit<ProcessExit, 'failed'> {
  const [, exit] = /^Exit: (called process\.exit\(\d*\))$/m.exec(tail) ?? [];
  if (exit) return { reason: exit, stack: stackIn(tail) };
  if (/JavaScript heap out of memory|Array buffer allocation failed|out of memory/.test(tail)) {
    return { reason: `ran out of memory (its limit is ${HEAP_MB} MB of heap)`, stack: stackIn(tail) };
  }
  const thrown = signal ? undefined : [...tail.matchAll(/^(?:\w*Error|Uncaught|\[?\w+\]?): .*$/gm)].at(-1)?.[0];
  if (thrown) return { reason: `crashed: ${thrown}`, stack: stackIn(tail) };
  return { reason: signal ? `was killed by ${signal}` : `ended with exit code ${code}`, stack: '' };
}

/** The last error with its stack that Node printed. */
function stackIn(tail: string): string {
  const found = [...tail.matchAll(/^.*\n(?: {4}at .*\n?)+/gm)];
  return found.at(-1)?.[0].trimEnd() ?? '';
}

function firstChildOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
  } catch {
    return 0;
  }
}

function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function later(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}
