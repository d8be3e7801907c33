import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SHORT_LIVED_NODE, spawned, spawnProgram } from '../../../host/index.js';
import { frameHeader } from './job-frames.js';
import type { UnpackJob, UnpackOutcome } from './unpack-job.js';

const PROGRAM = fileURLToPath(new URL('./unpack-worker.js', import.meta.url));
const HEAP_MIB = 256;
const OUTCOME_FD = 3;
const MAX_COMPLAINT = 64 * 1024;

/** Open directories: the worker fills one of them, or directories in it. */
export interface WorkerFolders {
  readonly layers: number;
  readonly tarSplits?: number;
}

/** The worker has stopped reading; its outcome contains the reason. */
export class WorkerGone extends Error {
  constructor(cause: Error) {
    super('the unpacker reads no more', { cause });
  }
}

/** The process that unpacks archives, one after another (`unpack-worker.ts`), as its parent sees it. */
export class UnpackWorker {
  readonly #input: Socket;
  readonly #outcomes: AsyncIterator<string>;
  readonly #closed: Promise<[number | null, string | null]>;
  #complaint = '';

  static async start({ layers, tarSplits }: WorkerFolders): Promise<UnpackWorker> {
    const child = spawnProgram(process.execPath, [...SHORT_LIVED_NODE, `--max-old-space-size=${HEAP_MIB}`, PROGRAM], {
      env: {},
      stdio: ['pipe', 'ignore', 'pipe', 'pipe', layers, tarSplits ?? 'ignore'],
    });
    return new UnpackWorker(await spawned(child));
  }

  private constructor(private readonly child: ChildProcess) {
    this.#input = this.child.stdin as Socket;
    // Each write gets its own failure.
    this.#input.on('error', () => {});
    this.#closed = once(this.child, 'close') as Promise<[number | null, string | null]>;
    this.#closed.catch(() => {});
    this.#outcomes = createInterface({ input: this.child.stdio[OUTCOME_FD] as Readable })[Symbol.asyncIterator]();
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString()).slice(0, MAX_COMPLAINT);
    });
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The outcome of the archive that is being fed. For a bad archive it comes before the archive's end. */
  async outcome(): Promise<UnpackOutcome> {
    const { value, done } = await this.#outcomes.next();
    if (!done) return JSON.parse(value) as UnpackOutcome;
    const [code, signal] = await this.#closed;
    const line = this.#complaint.split('\n').find((candidate) => candidate.includes('rror')) ?? '';
    const message = `the unpacker did not survive the archive (${signal ?? `exit code ${code}`}) ${line}`.trim();
    return { kind: signal ? 'invalid' : 'internal', message };
  }

  /** Hands it the next archive, uncompressed. @throws Error of the source, UnpackerGone */
  async feed(job: UnpackJob, archive: AsyncIterable<Buffer>): Promise<void> {
    await this.#send(Buffer.from(JSON.stringify(job)));
    for await (const chunk of archive) if (chunk.length > 0) await this.#send(chunk);
    await this.#send(Buffer.alloc(0));
  }

  /** Closes its input before the archive's end, so that it ends. */
  closeInput(): void {
    this.#input.destroy();
  }

  /** While it is idle, it does not keep the engine's process alive. */
  unref(): void {
    this.child.unref();
    for (const stream of this.#streams()) stream.unref();
  }

  ref(): void {
    this.child.ref();
    for (const stream of this.#streams()) stream.ref();
  }

  /** Ends the process at once. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  #streams(): Socket[] {
    return this.child.stdio.filter((stream) => stream !== null && stream !== undefined) as Socket[];
  }

  #send(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#input.cork();
      this.#input.write(frameHeader(bytes.length));
      this.#input.write(bytes, (error) => (error ? reject(new WorkerGone(error)) : resolve()));
      this.#input.uncork();
    });
  }
}
