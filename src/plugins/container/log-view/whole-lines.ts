import type { OutputSink, OutputStream } from '../contracts/index.js';
import { HEADER_BYTES, type RecordPlace, type RecordSink, STREAMS } from '../logs/index.js';
import type { LogStart } from './tail-offset.js';

const NEWLINE = 0x0a;
/** A line that is longer is passed on in parts. */
const LONGEST_LINE = 32 << 10;
/** For so long the beginning of a line waits for the rest; it may be a prompt, which has none. */
const UNFINISHED_MS = 50;

/** A line of one stream, as far as it has come. */
interface OpenLine {
  /** Not passed on yet. */
  kept: Uint8Array[];
  keptBytes: number;
  /** When it began. */
  time: number;
  /** A part of it has been passed on. */
  isShown: boolean;
  /** Its beginning is gone from the log: so many bytes of the rest were left out. */
  lostBytes: number | undefined;
}

/**
 * Passes on a log line by line, since both streams often go into one output: what comes between the two halves of a line
 * comes before it. A line whose beginning is gone from the log is left out.
 */
export class WholeLines implements Disposable {
  readonly #lines: Record<OutputStream, OpenLine> = { stdout: newLine(), stderr: newLine() };
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param target all parts of a line come with the time of its beginning
   * @param from what is before it in the log is left out
   * @param waits whether the beginning of a line waits for the rest until the end of the log, and gets an end there
   */
  constructor(
    private readonly target: OutputSink,
    private readonly from: LogStart['from'],
    private readonly waits: boolean,
  ) {}

  readonly sink: RecordSink = (stream, data, time, place) => {
    clearTimeout(this.#timer);
    const passed = this.#pass(stream, data, time, place);
    if (!this.waits && STREAMS.some((name) => this.#lines[name].keptBytes > 0)) {
      this.#timer = setTimeout(() => void this.end(), UNFINISHED_MS);
    }
    return passed;
  };

  /** Passes on what has no end yet. */
  async end(): Promise<void> {
    const streams = STREAMS.filter((stream) => this.#lines[stream].keptBytes > 0);
    if (this.waits) for (const stream of streams) keep(this.#lines[stream], Buffer.of(NEWLINE));
    streams.sort((one, other) => this.#lines[one].time - this.#lines[other].time);
    await Promise.all(streams.map((stream) => this.#showKept(stream)));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #pass(stream: OutputStream, record: Uint8Array, time: number, place: RecordPlace): Promise<void> | undefined {
    const line = this.#lines[stream];
    const waits = [place.isAfterGap ? this.#breakOff(stream, place.isRest) : undefined];
    let data = wanted(line, record.subarray(Math.max(0, this.from[stream] - place.position - HEADER_BYTES)));
    if (line.keptBytes > 0 || line.isShown) {
      const end = data.indexOf(NEWLINE) + 1;
      keep(line, end === 0 ? data : data.subarray(0, end));
      if (end > 0) {
        waits.push(this.#showKept(stream));
        line.isShown = false;
      }
      data = end === 0 ? data.subarray(data.length) : data.subarray(end);
    }
    const end = data.lastIndexOf(NEWLINE) + 1;
    if (end > 0) waits.push(this.target(stream, data.subarray(0, end), time));
    const begun = data.subarray(end);
    if (begun.length > 0) line.time = time;
    if (begun.length > LONGEST_LINE) {
      line.isShown = true;
      waits.push(this.target(stream, begun, time));
    } else keep(line, begun);
    if (line.keptBytes > LONGEST_LINE) waits.push(this.#showKept(stream));
    const pending = waits.filter((wait) => wait !== undefined);
    return pending.length > 0 ? Promise.all(pending).then(() => {}) : undefined;
  }

  /** The rest of the line is gone. */
  #breakOff(stream: OutputStream, isRest: boolean): Promise<void> | undefined {
    const line = this.#lines[stream];
    const { isShown, time } = line;
    this.#lines[stream] = Object.assign(line, newLine(), isRest ? { lostBytes: 0 } : {});
    return isShown ? this.target(stream, Buffer.of(NEWLINE), time) : undefined;
  }

  #showKept(stream: OutputStream): Promise<void> | undefined {
    const line = this.#lines[stream];
    const bytes = line.kept.length === 1 ? line.kept[0] : Buffer.concat(line.kept);
    line.kept = [];
    line.keptBytes = 0;
    line.isShown = true;
    return bytes && this.target(stream, bytes, line.time);
  }
}

function newLine(): OpenLine {
  return { kept: [], keptBytes: 0, time: 0, isShown: false, lostBytes: undefined };
}

function keep(line: OpenLine, data: Uint8Array): void {
  if (data.length === 0) return;
  line.kept.push(Buffer.from(data));
  line.keptBytes += data.length;
}

/** Leaves out the rest of a line whose beginning is gone; what has no lines is passed on after a while. */
function wanted(line: OpenLine, data: Uint8Array): Uint8Array {
  if (line.lostBytes === undefined) return data;
  const end = data.indexOf(NEWLINE) + 1;
  line.lostBytes += data.length;
  if (end === 0 && line.lostBytes <= LONGEST_LINE) return data.subarray(data.length);
  line.lostBytes = undefined;
  return data.subarray(end);
}
