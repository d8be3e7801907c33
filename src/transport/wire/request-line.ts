import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import { GantryError, type TerminalSize } from '../../kernel/contracts/index.js';

const MAX_REQUEST_LINE = 1024 * 1024;
/** Lists and objects within each other, of which a request has three. */
const MOST_NESTED = 16;

/** The request in the first line of a connection. */
export type RequestLine =
  | { readonly version: 1; readonly argv: readonly string[] }
  | {
      readonly version: 2;
      readonly argv: readonly string[];
      readonly terminal: RequestTerminal;
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
      /** Version and build of the client, where it tells them. */
      readonly program: string | undefined;
      /** Whether the client answers questions about logins. */
      readonly logins: boolean;
      /** Whether the client grants access to files and folders. */
      readonly trees: boolean;
    };

interface RequestTerminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly size: TerminalSize | undefined;
  readonly detachKeys?: string;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`. */
const OPENING: ReadonlySet<number | undefined> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number | undefined> = new Set([0x5d, 0x7d]);
const VERB = /^[A-Z]{3,8} \S/;

/**
 * Takes the first line off a connection; what follows it stays unread. Resolves to undefined if the connection closes
 * first.
 * @param kept is called with the number of bytes that have to be kept until there are more
 * @throws GantryError `invalid`: too long, no end in time, or plainly something else than JSON
 */
export function readRequestLine(
  socket: Socket,
  milliseconds: number,
  kept: (bytes: number) => void = () => {},
): Promise<Buffer | undefined> {
  if (socket.destroyed) return Promise.resolve(undefined);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(
    () => fail(`The first line did not end within ${milliseconds / 1000} seconds`),
    milliseconds,
  );

  const take = (chunk: Buffer): void => {
    const end = chunk.indexOf(NEWLINE);
    if (length === 0 && !mayBegin(chunk[0])) fail('The first line is not JSON');
    else if (length + (end < 0 ? chunk.length : end) > MAX_REQUEST_LINE) fail('The first line is longer than 1 MiB');
    else if (end >= 0) finish(chunk, end);
    else keep(chunk);
  };
  const keep = (chunk: Buffer): void => {
    chunks.push(chunk);
    length += chunk.length;
    kept(chunk.length);
  };
  const finish = (chunk: Buffer, end: number): void => {
    release();
    if (end + 1 < chunk.length) socket.unshift(chunk.subarray(end + 1));
    resolve(Buffer.concat([...chunks, chunk.subarray(0, end)]));
  };
  const ended = (): void => fail('The first line has no end');
  const closed = (): void => {
    release();
    resolve(undefined);
  };
  const fail = (message: string): void => {
    release();
    reject(new GantryError('invalid', message));
  };
  const release = (): void => {
    clearTimeout(timer);
    socket.off('data', take).off('end', ended).off('close', closed).pause();
  };
  socket.on('data', take).on('end', ended).on('close', closed);
  return promise;
}

/** @throws GantryError `invalid` */
export function parseRequestLine(line: Buffer): RequestLine {
  const text = line.toString();
  if (VERB.test(text)) throw invalid('This port speaks rcli, not http');
  const value = parseJson(line, text);
  if (Array.isArray(value) || value === null) return { version: 1, argv: argvOf(value ?? []) };
  if (!isRecord(value)) throw invalid('The first line is neither a JSON array nor a JSON object');
  if (value['gantry'] !== 2) throw invalid('Unknown protocol version (this daemon speaks rcli 1 and 2)');
  return {
    version: 2,
    argv: argvOf(value['argv']),
    terminal: terminalOf(value['terminal']),
    env: envOf(value['env']),
    cwd: cwdOf(value['cwd']),
    program: programOf(value['program']),
    logins: value['logins'] === true,
    trees: value['trees'] === true,
  };
}

/** @returns the size, or undefined where the value is none. */
export function sizeOf(value: unknown): TerminalSize | undefined {
  if (!isRecord(value)) return undefined;
  const { columns, rows } = value;
  return isCellCount(columns) && isCellCount(rows) ? { columns, rows } : undefined;
}

function mayBegin(byte: number | undefined): boolean {
  if (byte === undefined) return true;
  const character = String.fromCharCode(byte);
  // `null` is the command line of a client of 2013 that was given none.
  return /[[{\sA-Zn]/.test(character);
}

function parseJson(line: Buffer, text: string): unknown {
  try {
    if (isUtf8(line) && isShallow(line)) return JSON.parse(text);
  } catch {}
  throw invalid('The first line is not JSON');
}

/** Reading what is deep takes a hundred times its size in memory. */
function isShallow(line: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < line.length && depth <= MOST_NESTED; at++) {
    const byte = line[at];
    if (isText && byte === BACKSLASH) at++;
    else if (byte === QUOTE) isText = !isText;
    else if (isText) continue;
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) depth--;
  }
  return depth <= MOST_NESTED;
}

function argvOf(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((word) => typeof word === 'string')) {
    throw invalid('The command line is not a list of strings');
  }
  if (value.some((word) => word.includes('\0'))) throw invalid('The command line holds a NUL byte');
  return value;
}

function terminalOf(value: unknown): RequestTerminal {
  const given = isRecord(value) ? value : {};
  const flag = (name: string): boolean => given[name] === true;
  const { detachKeys } = given;
  return {
    stdin: flag('stdin'),
    stdout: flag('stdout'),
    stderr: flag('stderr'),
    size: sizeOf(value),
    ...(typeof detachKeys === 'string' && { detachKeys }),
  };
}

/** Not `__proto__`, which is no variable. */
const VARIABLE = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;

function envOf(value: unknown): Readonly<Record<string, string>> {
  const given = isRecord(value) ? value : {};
  const env: Record<string, string> = {};
  for (const [name, text] of Object.entries(given)) {
    if (VARIABLE.test(name) && typeof text === 'string' && !text.includes('\0')) env[name] = text;
  }
  return env;
}

function cwdOf(value: unknown): string {
  return typeof value === 'string' && value.startsWith('/') && !value.includes('\0') ? value : '/';
}

/** It is shown to people. */
function programOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w., -]{1,100}$/.test(value) ? value : undefined;
}

function isCellCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): GantryError {
  return new GantryError('invalid', message);
}
