import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/engine.js';

/** A line of a file in `cases`: command lines that are carried out one after the other, whether the one before has failed or not. */
export interface Case {
  readonly line: string;
  /** The file's name without its ending. */
  readonly topic: string;
  readonly steps: readonly (readonly string[])[];
}

const FOLDER = join(PROJECT, 'test/compare/cases');

/** The cases of all files, or of those that are named. A line that begins with `#`, and an empty one, are none. */
export function readCases(topics?: readonly string[]): readonly Case[] {
  const known = readdirSync(FOLDER).map((name) => name.replace('.txt', ''));
  const unknown = topics?.find((topic) => !known.includes(topic));
  if (unknown !== undefined) throw new Error(`no cases ${unknown}: there are ${known.join(', ')}`);
  return (topics ?? known.sort()).flatMap((topic) => {
    const lines = readFileSync(join(FOLDER, `${topic}.txt`), 'utf8').split('\n');
    return lines.filter((line) => /^[^#]/.test(line)).map((line) => ({ line, topic, steps: stepsOf(line) }));
  });
}

function stepsOf(line: string): readonly (readonly string[])[] {
  return line.split(' ; ').map(words);
}

/** As a shell splits a line into words, without all that a shell would put into them. */
export function words(line: string): readonly string[] {
  return Array.from(line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g), ([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  );
}

/** Names that a case may give to what it makes: `c1` a container, `v1` a volume, `n1` a network, `i1` an image. */
export function namesIn({ line }: Case, kind: 'c' | 'v' | 'n' | 'i'): readonly string[] {
  return [...new Set(line.match(new RegExp(`\\b${kind}\\d\\b`, 'g')))];
}
