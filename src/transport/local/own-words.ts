import { StringDecoder } from 'node:string_decoder';
import type { LocalSink } from './stdout-target.js';

/** Sequences with which the engine draws progress: they move the cursor, erase, colour, and hide the cursor. */
const DRAWING = String.raw`\x1b\[[0-9;]{0,16}[A-HJKm]|\x1b\[\?25[hl]`;
/** What a terminal may take for anything else than text, but for ends of lines and tabs. */
const UNSAFE = new RegExp(`(${DRAWING})|[^\\P{Cc}\\n\\r\\t\\b]|[\\p{Bidi_Control}\\u2028\\u2029]`, 'gu');
/** The beginning of such a sequence. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what begins one
const UNFINISHED = /\x1b(?:\[\??[0-9;]{0,16})?$/;

/**
 * Words of a command that prints nothing but the engine's own, on a terminal: a daemon that is not what it seems to be cannot command
 * the terminal through them. What is more than drawing becomes a visible escape.
 */
export class OwnWords implements LocalSink {
  readonly #decoder = new StringDecoder('utf8');
  #kept = '';

  constructor(private readonly sink: LocalSink) {}

  write(bytes: Buffer): boolean {
    const text = this.#kept + this.#decoder.write(bytes);
    this.#kept = UNFINISHED.exec(text)?.[0] ?? '';
    const whole = text.slice(0, text.length - this.#kept.length);
    return this.sink.write(Buffer.from(whole.replace(UNSAFE, (found, drawing) => drawing ?? visible(found))));
  }

  whenDrained(listener: () => void): void {
    this.sink.whenDrained(listener);
  }
}

function visible(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code}`;
}
