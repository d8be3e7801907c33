import { type CommandContext, GantryError, write } from '../../../kernel/index.js';

const LONGEST = 64 * 1024;
const INTERRUPT = 0x03;
const END = 0x04;
const ERASERS = [0x08, 0x7f];
const SPACE = 0x20;
const LINE_ENDS = [0x0a, 0x0d];

type Caller = Pick<CommandContext, 'stdin' | 'stderr' | 'terminal'>;

/** Asks the user at a terminal, line by line. */
export class Prompt {
  #rest: Buffer = Buffer.alloc(0);
  readonly #chunks: AsyncIterator<Buffer>;

  /** @param echoes whether what is typed is shown from here: a client of 2013 has its terminal in raw mode all the time */
  constructor(
    private readonly caller: Caller,
    private readonly echoes = false,
  ) {
    this.#chunks = (caller.stdin as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async line(question: string): Promise<string> {
    await write(this.caller.stderr, question);
    const answer = (await this.#read(this.echoes)).trim();
    if (this.echoes) await write(this.caller.stderr, '\r\n');
    return answer;
  }

  /** Asks without showing the typed text. */
  async secret(question: string): Promise<string> {
    this.caller.terminal.setRaw(true);
    try {
      await write(this.caller.stderr, question);
      return await this.#read();
    } finally {
      this.caller.terminal.setRaw(false);
      await write(this.caller.stderr, '\n');
    }
  }

  async #read(echoes = false): Promise<string> {
    const typed: number[] = [];
    for (;;) {
      const byte = await this.#next();
      if (byte === undefined || byte === END || LINE_ENDS.includes(byte)) return Buffer.from(typed).toString();
      if (byte === INTERRUPT) throw new GantryError('usage', 'interrupted', { exitCode: 130 });
      if (echoes && byte >= SPACE) await write(this.caller.stderr, Buffer.of(byte));
      if (ERASERS.includes(byte)) eraseCharacter(typed);
      else if (typed.push(byte) > LONGEST) throw new GantryError('usage', 'that is too long');
    }
  }

  async #next(): Promise<number | undefined> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return undefined;
      this.#rest = value;
    }
    const byte = this.#rest[0];
    this.#rest = this.#rest.subarray(1);
    return byte;
  }
}

/** All of the client's input, without the line end that `echo` puts there. @throws GantryError `usage` */
export async function secretFrom(stdin: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    length += chunk.length;
    if (length > LONGEST) throw new GantryError('usage', 'the password on standard input is longer than 64 KiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, '');
}

/** The last character, however many bytes of UTF-8 it has. */
function eraseCharacter(typed: number[]): void {
  let last = typed.pop();
  while (last !== undefined && (last & 0xc0) === 0x80) last = typed.pop();
}
