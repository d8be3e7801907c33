import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { registerCompletionHandler } from 'ava';
import { FILE_VARIABLE, type FileReport, type HostProcess, REPORTS_VARIABLE, type TestTime } from './file-report.js';
import { cpuSecondsOf, startedBy } from './host-processes.js';

/** How long a process that a test has ended may take until it is gone. */
const LAST_MOMENTS_MS = 3000;
const POLL_MS = 25;
/** A file of which no test ends for so long is given up: sooner than AVA would do it, which ends the whole run then. */
const STUCK_MS = Number(process.env['GANTRY_TEST_STUCK_MS'] ?? 150_000);

/**
 * AVA loads this into each process that runs a test file. When the file's tests have ended, it reports what they cost and
 * which processes they left behind, and exits: an open handle delays nothing, and a process that outlives the file is
 * killed and fails it.
 */
export default function watchTestFile(): void {
  const folder = process.env[REPORTS_VARIABLE];
  if (folder === undefined) return;
  const output = join(folder, `${process.pid}.output`);
  process.env[FILE_VARIABLE] = String(process.pid);
  const tests = watchMessages();
  divert(process.stdout, output);
  divert(process.stderr, output);
  const end = (left: readonly HostProcess[], exitCode: number): never => {
    for (const { pid } of left) killIfThere(pid);
    writeReport(folder, {
      file: relative(process.cwd(), fileURLToPath(test.meta.file)),
      wallSeconds: process.uptime(),
      cpuSeconds: cpuSecondsOf(process.pid),
      tests,
      left,
      output: textOf(output),
    });
    process.exit(exitCode);
  };
  whenStuck(tests, () => {
    process.stderr.write(`no test has ended for ${STUCK_MS / 1000} s: the file is given up\n`);
    end(startedBy(process.pid), 1);
  });
  registerCompletionHandler(async () => {
    const left = await survivors();
    end(left, left.length > 0 ? 1 : 0);
  });
}

function whenStuck(tests: readonly TestTime[], giveUp: () => void): void {
  let known = tests.length;
  let since = performance.now();
  const look = (): void => {
    if (tests.length !== known) since = performance.now();
    known = tests.length;
    if (performance.now() - since > STUCK_MS) giveUp();
  };
  setInterval(look, Math.min(STUCK_MS / 2, 1000)).unref();
}

/** What a message of AVA's to its main process may hold: nothing here depends on it, but what is shown gets better by it. */
interface Message {
  readonly ava?: {
    readonly type?: string;
    readonly title?: string;
    readonly duration?: number;
    readonly err?: { stack?: string };
  };
}

/** The messages of which TAP has a line each. */
const TOLD = new Set(['test-passed', 'test-failed', 'hook-failed']);

/**
 * Reads along what AVA sends: how long each test took, which TAP does not tell. Of a stack TAP shows the first line alone, so
 * that this is the test's own, AVA's go.
 */
function watchMessages(): readonly TestTime[] {
  const tests: TestTime[] = [];
  const send = process.send?.bind(process) as ((...args: unknown[]) => boolean) | undefined;
  process.send = (message: Message, ...more: unknown[]) => {
    const { type = '', title = '', duration = 0, err } = message.ava ?? {};
    if (TOLD.has(type)) tests.push({ title, seconds: duration / 1000 });
    if (err?.stack) err.stack = err.stack.replaceAll(/^ +at .*\/node_modules\/ava\/.*\n/gm, '');
    return send?.(message, ...more) ?? false;
  };
  return tests;
}

/** Collects what a stream is given in a file, so that it is shown with the test file that wrote it. */
function divert(stream: NodeJS.WriteStream, path: string): void {
  stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    appendFileSync(path, chunk);
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') process.nextTick(callback as () => void);
    return true;
  }) as typeof stream.write;
}

async function survivors(): Promise<readonly HostProcess[]> {
  const deadline = performance.now() + LAST_MOMENTS_MS;
  for (;;) {
    const left = startedBy(process.pid);
    if (left.length === 0 || performance.now() > deadline) return left;
    await setTimeout(POLL_MS);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself in this moment.
  }
}

/** The runner reads whole reports only: a rename makes it appear. */
function writeReport(folder: string, report: FileReport): void {
  const path = join(folder, `${process.pid}.json`);
  writeFileSync(`${path}.part`, JSON.stringify(report));
  renameSync(`${path}.part`, path);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
