import type { Answer } from './answers.js';
import type { Case } from './cases.js';
import type { Decision } from './decisions.js';

const PARTS = ['code', 'output', 'words'] as const;

/** What two engines answer to a step in different ways. */
export interface Difference {
  readonly step: string;
  readonly part: (typeof PARTS)[number];
  readonly docker: string;
  readonly gantry: string;
}

/** Differences between two engines' answers to the steps of a case. Where one of them has no words, both exit codes tell it. */
export function differences(one: Case, docker: readonly Answer[], gantry: readonly Answer[]): readonly Difference[] {
  return one.steps.flatMap((step, index) => {
    const [his, ours] = [docker[index], gantry[index]];
    if (!his || !ours) return [];
    return PARTS.filter((part) => his[part] !== ours[part]).map((part) => ({
      ...{ step: step.join(' '), part },
      ...{ docker: String(his[part]), gantry: String(ours[part]) },
    }));
  });
}

/** Whether a difference is one that was decided, and is listed with its reason. */
export function isDecided({ step, part }: Difference, decisions: readonly Decision[]): boolean {
  return decisions.some(({ pattern, parts }) => parts.includes(part) && pattern.test(step));
}

export function report(one: Case, found: readonly Difference[]): string {
  const lines = found.flatMap(({ step, part, docker, gantry }) => [
    `  ${step}`,
    `    ${part} of docker: ${indented(docker)}`,
    `    ${part} of gantry: ${indented(gantry)}`,
  ]);
  return [`${one.topic}: ${one.line}`, ...lines, ''].join('\n');
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n      ');
}
