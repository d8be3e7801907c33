/** The process of a test file writes a report for the runner into the folder that this variable names: `<pid>.json`. */
export const REPORTS_VARIABLE = 'GANTRY_TEST_REPORTS';
/** Marks every process that a test file starts, directly or not: the pid of the file's own process. */
export const FILE_VARIABLE = 'GANTRY_TEST_FILE';

/** Marks every process of a run: the run's folder. */
export const RUN_VARIABLE = 'GANTRY_TEST_RUN';

/** A process of the host. */
export interface HostProcess {
  readonly pid: number;
  readonly command: string;
}

export interface TestTime {
  readonly title: string;
  readonly seconds: number;
}

export interface FileReport {
  /** The file's path below the project. */
  readonly file: string;
  readonly wallSeconds: number;
  /** User and system time of the file's process, and of the processes that it started and waited for. */
  readonly cpuSeconds: number;
  readonly tests: readonly TestTime[];
  /** Processes that outlived the file. They have been killed. */
  readonly left: readonly HostProcess[];
  /** What the file's process wrote to stdout and stderr. */
  readonly output: string;
}
