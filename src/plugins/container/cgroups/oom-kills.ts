import { closeSync, constants, openSync, readSync } from 'node:fs';

const KERNEL_LOG = '/dev/kmsg';
/** The kernel writes a record at once, and no record is longer. */
const RECORD_BYTES = 8192;
/** `6,1234,98765,-;text`: priority, number, time, flags. */
const RECORD = /^\d+,(\d+),[^;]*;([^\n]*)/;
/** The line of a report that names the control group of the process that is killed. */
const REPORT = 'oom-kill:';
const END_OF_REPORT = ',task=';
const CONTAINER_GROUP = /\/gantry\/([0-9a-f]{64})/;
/**
 * The kernel writes that line piece by piece: a message of another processor in between makes several records of it, so
 * that the group is alone in one of the next.
 */
const NEXT_RECORDS = 16;

/**
 * Processes in containers that the kernel killed because their control group, or the machine, was out of memory: the
 * container's first one, or any other of its group or of a group below it. The kernel's log tells, even when the group
 * is gone; its report is there before the process has ended.
 */
export class OomKills {
  #fd: number | undefined;
  /** The number of the last record that was read. */
  #position = 0;
  readonly #reports = new OomReports();
  /** The record of each container's last kill, by id. */
  readonly #last = new Map<string, number>();
  readonly #buffer = Buffer.alloc(RECORD_BYTES);

  /** @param onKill is called for each kill that `look` finds */
  constructor(private readonly onKill: (id: string) => void) {}

  /** Reads what is new in the log. @returns a position, for `since`; 0 where the log cannot be read */
  look(): number {
    const fd = this.#open();
    if (fd !== undefined) for (const record of newRecords(fd, this.#buffer)) this.#take(record);
    return this.#position;
  }

  /** Whether the kernel killed a process of a container after a position. Call `look` before. */
  since(id: string, position: number): boolean {
    return (this.#last.get(id) ?? 0) > position;
  }

  forget(id: string): void {
    this.#last.delete(id);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** A machine, or a container with an engine in it, may have no such log. */
  #open(): number | undefined {
    try {
      this.#fd ??= openSync(KERNEL_LOG, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      // The next look tries it again.
    }
    return this.#fd;
  }

  #take(record: string): void {
    const [, number = '', text = ''] = RECORD.exec(record) ?? [];
    this.#position = Number(number);
    const id = this.#reports.next(text);
    if (id === undefined) return;
    this.#last.set(id, this.#position);
    this.onKill(id);
  }
}

/** The containers in the kernel's reports of kills. */
export class OomReports {
  /** How many more records may hold the group of a report that was split. */
  #awaited = 0;

  /** @param text of the next record. @returns the id of the container that it reports a kill in */
  next(text: string): string | undefined {
    const isReport = text.includes(REPORT);
    if (isReport) this.#awaited = NEXT_RECORDS;
    else if (this.#awaited > 0) this.#awaited--;
    else return undefined;
    const id = CONTAINER_GROUP.exec(text)?.[1];
    if (id !== undefined || text.includes(END_OF_REPORT)) this.#awaited = 0;
    return id;
  }
}

function* newRecords(fd: number, buffer: Buffer): Generator<string> {
  for (;;) {
    try {
      yield buffer.toString('latin1', 0, readSync(fd, buffer));
    } catch (error) {
      // The kernel has dropped the next records: those after them follow.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return;
    }
  }
}
