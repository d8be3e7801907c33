import { type Failure, GantryError, isErrorKind } from '../../kernel/contracts/index.js';

/** Of a message, in characters: it may name a path. */
const LONGEST = 8192;

/** Makes an error of what a client wrote about a file, trusting none of it. */
export function errorFromWire(payload: Buffer, what: string): GantryError {
  const failure = parse(payload);
  const kind = isErrorKind(failure.kind) ? failure.kind : 'unavailable';
  const message = typeof failure.message === 'string' ? oneLine(failure.message) : `Cannot read ${what}`;
  return new GantryError(kind, message);
}

export function failureForWire(error: unknown): Failure {
  if (!isGantryError(error)) return { kind: 'internal', message: String(error).slice(0, LONGEST) };
  const { kind, hint } = error;
  const message = error.message.slice(0, LONGEST);
  return hint === undefined ? { kind, message } : { kind, message, hint };
}

/** Told by its name: what is loaded late may bring a class of its own. */
function isGantryError(error: unknown): error is GantryError {
  return error instanceof Error && error.name === 'GantryError';
}

function parse(payload: Buffer): Partial<Failure> {
  try {
    return { ...(JSON.parse(payload.toString()) as Partial<Failure>) };
  } catch {
    return {};
  }
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.slice(0, LONGEST).replace(/[\x00-\x1f\x7f]+/g, ' ');
}
