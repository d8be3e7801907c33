import type { Chance } from './chance.js';

/** A container whose output and exit code are known before it runs. */
export interface Writer {
  readonly name: string;
  readonly lines: number;
  readonly exitCode: number;
  readonly args: readonly string[];
}

let count = 0;

export function newWriter(chance: Chance): Writer {
  const name = `writer${count++}`;
  const lines = chance.between(50, 3000);
  const exitCode = chance.between(0, 40);
  const pause = chance.next() < 0.5 ? 'usleep 200;' : '';
  const script = `i=0; while [ $i -lt ${lines} ]; do echo line $i; ${pause} i=$((i+1)); done; exit ${exitCode}`;
  return { name, lines, exitCode, args: ['run', '-d', '--name', name, 'busybox', 'sh', '-c', script] };
}

/** What is wrong with a writer's log; undefined for nothing. */
export function faultOf({ name, lines }: Writer, log: string): string | undefined {
  const written = log.split('\n').slice(0, -1);
  const wrong = written.findIndex((line, index) => line !== `line ${index}`);
  if (wrong >= 0) return `${name}: line ${wrong} of the log is ${JSON.stringify(written[wrong])}`;
  return written.length === lines ? undefined : `${name}: ${written.length} of ${lines} lines are in the log`;
}
