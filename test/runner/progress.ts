import type { FileReport } from './file-report.js';
import type { TapTest } from './tap.js';

const SLOWEST = 10;

/** Follows a run: a line for each file when it has ended, with all that is to say of it, and a summary at the end. */
export class Progress {
  readonly #tests = new Map<string, TapTest[]>();
  readonly #files: FileReport[] = [];
  /** Reports of files of which AVA has not told every test yet: the two come on ways of their own. */
  readonly #early = new Map<string, FileReport>();
  readonly #titles: ReadonlyMap<string, string>;
  /** Failures that belong to no test of a file: crashes, time-outs, files that did not load. */
  readonly #others: TapTest[] = [];
  passed = 0;
  failed = 0;

  constructor(
    private readonly selected: readonly string[],
    private readonly print: (line: string) => void,
  ) {
    this.#titles = new Map(selected.map((file) => [prefixOf(file, selected), file]));
  }

  onTest(test: TapTest): void {
    if (test.passed) this.passed++;
    else this.failed++;
    const file = this.#fileOf(test.title);
    if (file === undefined) this.#onOther(test);
    else this.#onTestOf(file, test);
  }

  onFile(report: FileReport): void {
    const told = this.#tests.get(report.file)?.length ?? 0;
    if (told < report.tests.length) this.#early.set(report.file, report);
    else this.#tell(report);
  }

  /** No more tests will come: tells of the files that wait for some. */
  end(): void {
    for (const report of this.#early.values()) this.#tell(report);
  }

  #tell(report: FileReport): void {
    this.#early.delete(report.file);
    this.#files.push(report);
    const tests = this.#tests.get(report.file) ?? [];
    const failed = tests.filter(({ passed }) => !passed);
    const isGood = failed.length === 0 && report.left.length === 0;
    const count = isGood ? `${tests.length} tests` : `${failed.length} of ${tests.length} tests failed`;
    const width = String(this.selected.length).length;
    const number = String(this.#files.length).padStart(width);
    const cost = `${inSeconds(report.wallSeconds)}, cpu ${inSeconds(report.cpuSeconds)}`;
    this.print(`[${number}/${this.selected.length}] ${isGood ? '✔' : '✘'} ${nameOf(report.file)}: ${count}, ${cost}`);
    for (const test of failed) this.#failure(test);
    for (const { pid, command } of report.left) this.print(`    ✘ it left process ${pid} behind: ${command}`);
    for (const line of report.output.split('\n').filter(Boolean)) this.print(`    | ${line}`);
  }

  /** Files of which no report came: their process was killed, or did not end. */
  unreported(): readonly string[] {
    const reported = new Set(this.#files.map(({ file }) => file));
    return this.selected.filter((file) => !reported.has(file));
  }

  /** Failures are told again, since they are far above by now. */
  summary(): void {
    if (this.selected.length > 1) this.#slowest();
    const failures = [...this.#tests.values()].flat().filter(({ passed }) => !passed);
    if (failures.length + this.#others.length > 0) this.print('\nFailed:');
    for (const { title } of [...failures, ...this.#others]) this.print(`  ✘ ${title}`);
  }

  #slowest(): void {
    const times = this.#files.flatMap(({ file, tests }) => tests.map((test) => ({ ...test, file })));
    this.print('\nThe slowest tests:');
    for (const { file, title, seconds } of times.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST)) {
      this.print(`  ${inSeconds(seconds).padStart(7)}  ${nameOf(file)}: ${title}`);
    }
    this.print('The files that cost most:');
    for (const { file, cpuSeconds } of this.#files.toSorted((a, b) => b.cpuSeconds - a.cpuSeconds).slice(0, SLOWEST)) {
      this.print(`  ${inSeconds(cpuSeconds).padStart(7)} of cpu  ${nameOf(file)}`);
    }
  }

  #onTestOf(file: string, test: TapTest): void {
    this.#tests.set(file, [...(this.#tests.get(file) ?? []), test]);
    const early = this.#early.get(file);
    if (early) this.onFile(early);
  }

  #onOther(test: TapTest): void {
    this.#others.push(test);
    this.print(`✘ ${test.title}`);
    for (const line of test.details) this.print(`    ${line}`);
  }

  #failure({ title, details }: TapTest): void {
    this.print(`    ✘ ${title}`);
    for (const line of details) this.print(`      ${line}`);
  }

  /** AVA puts a file's path before a title, in words that ` › ` divides; not where there is one file alone. */
  #fileOf(title: string): string | undefined {
    if (this.selected.length === 1) return this.selected[0];
    const words = title.split(' › ');
    for (let count = words.length - 1; count > 0; count--) {
      const file = this.#titles.get(words.slice(0, count).join(' › '));
      if (file !== undefined) return file;
    }
    return undefined;
  }
}

/** What stands before the titles of a file's tests: its path below the folder that all selected files share. */
function prefixOf(file: string, selected: readonly string[]): string {
  const folders = selected.map((path) => path.split('/').slice(0, -1));
  const shared = (folders[0] ?? []).findIndex((name, depth) => folders.some((path) => path[depth] !== name));
  const depth = shared === -1 ? Math.min(...folders.map(({ length }) => length)) : shared;
  const words = file.replace(/\.test\.js$/, '').split('/');
  return words.slice(depth).join(' › ');
}

function nameOf(file: string): string {
  return file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}

function inSeconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
