import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type FileReport, REPORTS_VARIABLE, RUN_VARIABLE } from './file-report.js';
import { cpuSecondsOf, wallSecondsOf } from './host-processes.js';
import { removeLeftovers } from './leftovers.js';
import { Progress } from './progress.js';
import { COMPILE_CACHE, hasOtherRuns, newRunFolder, remainsOf, removeRunFolder } from './run-folder.js';
import { needsRoot, select } from './selection.js';
import { TapReader } from './tap.js';
import { tracesOnHost } from './traces.js';

/** Set by `scripts/test.sh`: why tests that need a capable host cannot run here, a line for each reason. */
const LACKS = (process.env['GANTRY_TEST_LACKS'] ?? '').split('\n').filter(Boolean);
const REPORT_POLL_MS = 200;
/** The kernel takes a moment to remove the links of containers that have ended. */
const TRACE_PATIENCE_MS = 5000;
/** The engine of another run's test file may stay as long as that file takes. */
const OTHERS_PATIENCE_MS = 90_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs AVA on what was selected, and prints what a person wants to know. Returns the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const { files, flags } = select(words);
  const leftOut = LACKS.length > 0 ? files.filter(needsRoot) : [];
  const selected = files.filter((file) => !leftOut.includes(file));
  if (LACKS.length === 0) await removeLeftovers(print);
  const folder = newRunFolder();
  const before = LACKS.length === 0 ? tracesOnHost(folder) : new Set<string>();
  try {
    const progress = new Progress(selected, print);
    const code = selected.length > 0 ? await runAva(selected, flags, folder, progress) : 0;
    const remains = LACKS.length === 0 ? await remainsOnHost(before, folder) : [];
    progress.summary();
    tellRemains(remains);
    tellLeftOut(leftOut);
    return close(progress, code, remains.length);
  } finally {
    removeRunFolder(folder);
  }
}

/** Ends with the line that continuous integration reads. */
function close(progress: Progress, code: number, remains: number): number {
  const isBad = code !== 0 || remains > 0;
  const failed = progress.failed + (remains > 0 ? 1 : 0);
  print(`\n${wallSecondsOf(process.pid).toFixed(0)} s, cpu ${cpuSecondsOf(process.pid).toFixed(0)} s in all`);
  print(`${progress.passed} passed, ${isBad ? Math.max(failed, 1) : 0} failed`);
  return isBad ? 1 : 0;
}

async function runAva(
  files: readonly string[],
  flags: readonly string[],
  folder: string,
  progress: Progress,
): Promise<number> {
  const reports = mkdtempSync(join(folder, 'reports-'));
  const env = {
    ...process.env,
    TMPDIR: folder,
    [RUN_VARIABLE]: folder,
    [REPORTS_VARIABLE]: reports,
    NODE_COMPILE_CACHE: join(folder, COMPILE_CACHE),
  };
  const ava = spawn(
    process.execPath,
    ['node_modules/ava/entrypoints/cli.js', '--tap', '--no-color', ...flags, ...files],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const relay = (signal: NodeJS.Signals) => ava.kill(signal);
  process.on('SIGINT', relay).on('SIGTERM', relay);
  const tap = new TapReader((test) => progress.onTest(test));
  createInterface({ input: ava.stdout }).on('line', (line) => tap.read(line));
  createInterface({ input: ava.stderr }).on('line', (line) => print(`| ${line}`));
  const collect = () => collectReports(reports, progress);
  const timer = setInterval(collect, REPORT_POLL_MS);
  const code = await new Promise<number>((resolve) => ava.once('close', (status) => resolve(status ?? 1)));
  clearInterval(timer);
  tap.end();
  collect();
  progress.end();
  rmSync(reports, { recursive: true });
  const lost = flags.length === 0 ? progress.unreported() : [];
  for (const file of lost) print(`✘ ${file} did not end by itself`);
  return lost.length > 0 ? 1 : code;
}

function collectReports(folder: string, progress: Progress): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.json')) continue;
    progress.onFile(JSON.parse(readFileSync(join(folder, name), 'utf8')) as FileReport);
    rmSync(join(folder, name));
  }
}

/** What came with this run and does not go. A run beside it makes such things too, and takes them away: in its own time. */
async function remainsOnHost(before: ReadonlySet<string>, folder: string): Promise<readonly string[]> {
  const start = performance.now();
  let remains: readonly string[] | undefined;
  for (;;) {
    const now = [...tracesOnHost(folder), ...remainsOf(folder).map((path) => `file ${path}`)];
    remains = (remains ?? now).filter((trace) => !before.has(trace) && now.includes(trace));
    const patience = hasOtherRuns(folder) ? OTHERS_PATIENCE_MS : TRACE_PATIENCE_MS;
    if (remains.length === 0 || performance.now() - start > patience) return remains;
    await new Promise((resolve) => setTimeout(resolve, REPORT_POLL_MS));
  }
}

function tellRemains(remains: readonly string[]): void {
  if (remains.length === 0) return;
  print('\nThe tests left this on the host:');
  for (const trace of remains) print(`  ${trace}`);
}

function tellLeftOut(files: readonly string[]): void {
  if (files.length === 0) return;
  print(`\nNot all tests ran. Left out: ${files.length} files that need a capable host, because:`);
  for (const reason of LACKS) print(`  ${reason}`);
  for (const file of files) print(`    ${file.replace(/^dist\//, '').replace(/\.js$/, '.ts')}`);
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`gantry: ${error instanceof Error ? error.message : error}\n`);
  return 1;
});
