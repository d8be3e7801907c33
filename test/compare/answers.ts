import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/engine.js';
import { type Case, namesIn } from './cases.js';
import { normalised, normalisedWords } from './normalise.js';

/** What an engine answers to one command line, without what differs from run to run. */
export interface Answer {
  readonly code: number | null;
  readonly output: string;
  readonly words: string;
}

/** An engine whose answers are compared. */
export interface Answering {
  /** Where it keeps its state. */
  readonly folder: string;
  run(
    args: readonly string[],
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** The answers to the steps of a case, whose containers, volumes, networks and images are removed afterwards. */
export async function answersOf(engine: Answering, one: Case): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const step of one.steps) {
    const { code, stdout, stderr } = await engine.run(step);
    const [output, words] = [normalised(stdout, engine.folder), normalisedWords(stderr, engine.folder)];
    answers.push({ code, output, words });
  }
  const remove = async (kind: 'c' | 'v' | 'n' | 'i', ...command: readonly string[]): Promise<void> => {
    const names = namesIn(one, kind);
    if (names.length > 0) await engine.run([...command, ...names]);
  };
  await remove('c', 'rm', '-fv');
  await remove('v', 'volume', 'rm', '-f');
  await remove('n', 'network', 'rm');
  await remove('i', 'rmi', '-f');
  return answers;
}

/** Answers of Docker, by the lines of the cases. */
export type Recorded = ReadonlyMap<string, readonly Answer[]>;

const FILE = join(PROJECT, 'test/compare/answers.json');

export function readRecorded(): Recorded {
  return new Map(Object.entries(JSON.parse(readFileSync(FILE, 'utf8'))));
}

/** A line for each case, so that a change shows what has changed. */
export function writeRecorded(recorded: Recorded): void {
  const lines = [...recorded].map(([line, answers]) => `${JSON.stringify(line)}: ${JSON.stringify(answers)}`);
  writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`);
}
