import type { Chance } from '../chance.js';

/** A container whose output and exit code are known before it runs. */
export interface Writer {
  readonly name: string;
  readonly lines: number;
  readonly exitCode: number;
  readonly args: readonly string[];
  /** On a terminal: lines end as those of terminals do. */
  readonly tty?: boolean;
  /** It takes more memory than it may have, and is killed for it after its last line. */
  readonly greedy?: boolean;
}

let count = 0;

/** The shell grows, and is killed; if another process is, it ends in the same way. */
const FILL = 'x=$(head -c 60m /dev/zero | tr "\\0" a); exit 137';

export function newWriter(chance: Chance): Writer {
  const name = `writer${count++}`;
  const lines = chance.between(50, 3000);
  const exitCode = chance.between(0, 40);
  const pause = chance.next() < 0.5 ? 'usleep 200;' : '';
  const greedy = chance.next() < 0.1;
  const tty = !greedy && chance.next() < 0.2;
  const end = greedy ? FILL : `exit ${exitCode}`;
  const script = `i=0; while [ $i -lt ${lines} ]; do echo line $i; ${pause} i=$((i+1)); done; ${end}`;
  const flags = greedy ? ['-m', '20m'] : tty ? ['-t'] : [];
  const args = ['run', '-d', '--name', name, ...flags, 'busybox', 'sh', '-c', script];
  return { name, lines, exitCode: greedy ? 137 : exitCode, args, tty, greedy };
}

/** What is wrong with a writer's log; undefined for nothing. @param isCut whether its end may be missing */
export function faultOf({ name, lines, tty = false }: Writer, log: string, isCut = false): string | undefined {
  const written = (tty ? log.replaceAll('\r\n', '\n') : log).split('\n').slice(0, -1);
  const wrong = written.findIndex((line, index) => line !== `line ${index}`);
  if (wrong >= 0) return `${name}: line ${wrong} of the log is ${JSON.stringify(written[wrong])}`;
  return written.length === lines || isCut ? undefined : `${name}: ${written.length} of ${lines} lines are in the log`;
}
