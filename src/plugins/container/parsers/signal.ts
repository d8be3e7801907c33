import { constants } from 'node:os';
import { GantryError } from '../../../kernel/index.js';

const HIGHEST_SIGNAL = 64;
const FIRST_REALTIME = 34;

/** The names of signals without SIG, for completion. */
export const SIGNAL_WORDS: readonly string[] = Object.keys(constants.signals).map((name) => name.replace(/^SIG/, ''));

/** A name with or without SIG in any case, RTMIN+n, or a number. @throws GantryError `usage`, in Docker's words */
export function parseSignal(text: string): NodeJS.Signals | number {
  const number = numberOf(text);
  if (number !== undefined && number > 0 && number <= HIGHEST_SIGNAL) return number;
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  if (Object.hasOwn(constants.signals, name)) return name as NodeJS.Signals;
  throw new GantryError('usage', `Invalid signal: ${text}`);
}

export function signalNumber(signal: NodeJS.Signals | number): number {
  return typeof signal === 'number' ? signal : constants.signals[signal];
}

function numberOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const [matched, offset = '0'] = /^(?:SIG)?RTMIN(?:\+(\d+))?$/i.exec(text) ?? [];
  return matched === undefined ? undefined : FIRST_REALTIME + Number(offset);
}
