import { GantryError } from '../../../kernel/index.js';

/** The value of a variable of the client's; undefined where it has none. */
export type Lookup = (name: string) => string | undefined;

/**
 * One `-e`: `NAME=value` as it is; `NAME` gets the client's value. Where the client has none a bare `NAME` remains,
 * which removes the image's variable (`mergeEnvironment`).
 * @throws GantryError `usage`
 */
export function parseEnvironment(entry: string, lookup: Lookup): string[] {
  if (entry === '' || entry.startsWith('=') || entry.includes('\0')) {
    throw new GantryError(
      'usage',
      `invalid argument ${JSON.stringify(entry)} for "-e, --env" flag: invalid environment variable: ${entry}`,
    );
  }
  if (entry.includes('=')) return [entry];
  const value = lookup(entry);
  return [value === undefined ? entry : `${entry}=${value}`];
}

/** Of a file of variables or labels: no program could be given as many. */
const MAX_LINES = 65_536;

/**
 * The variables of an `--env-file`: a line each, `NAME=value` or `NAME` for the client's value; `#` starts a comment
 * line. Values are read literally, quotes and trailing spaces included.
 * @throws GantryError `invalid` with Docker's words
 */
export function parseEnvironmentFile(file: string, text: string, lookup: Lookup): string[] {
  const lines = text.replace(/^\ufeff/, '').split('\n', MAX_LINES + 1);
  if (lines.length > MAX_LINES) throw new GantryError('invalid', `${file} has more than ${MAX_LINES} lines`);
  return lines.flatMap((line) => parseLine(file, line.replace(/\r$/, '').trimStart(), lookup));
}

/** Of one container: each list of containers reads them, which takes some milliseconds for as many. */
const MAX_VARIABLES = 16_384;

/** @throws GantryError `invalid` for more variables than lists of containers can be made of */
export function checkEnvironment(env: readonly string[]): void {
  if (env.length <= MAX_VARIABLES) return;
  throw new GantryError('invalid', `too many environment variables: ${env.length}, and ${MAX_VARIABLES} are the most`);
}

function parseLine(file: string, line: string, lookup: Lookup): string[] {
  if (line === '' || line.startsWith('#')) return [];
  const [name = ''] = line.split('=', 1);
  if (name === '') throw poorlyFormatted(file, `no variable name on line '${line}'`);
  if (/\s/.test(name)) throw poorlyFormatted(file, `variable '${name}' contains whitespaces`);
  if (line.includes('\0')) throw poorlyFormatted(file, `variable '${name}' contains a null byte`);
  if (line.includes('=')) return [line];
  const value = lookup(name);
  return value === undefined ? [] : [`${name}=${value}`];
}

function poorlyFormatted(file: string, reason: string): GantryError {
  return new GantryError('invalid', `poorly formatted environment: ${reason} (${file})`);
}

/**
 * Puts variables over others: the last one of a name wins, in the position of the first. A bare `NAME` removes it. What is not
 * named stays as it is, be it no variable at all.
 */
export function mergeEnvironment(base: readonly string[], over: readonly string[]): string[] {
  const last = new Map(over.map((entry) => [nameOf(entry), entry]));
  const done = new Set<string>();
  return [...base, ...over].flatMap((entry) => {
    const name = nameOf(entry);
    const wanted = last.get(name);
    if (wanted === undefined) return [entry];
    if (done.has(name) || !wanted.includes('=')) return [];
    done.add(name);
    return [wanted];
  });
}

function nameOf(entry: string): string {
  return entry.split('=', 1)[0] ?? '';
}

/** A program has a HOME whatever it was given: none, and an empty one, is that of its user. */
export function withHome(env: readonly string[], home: string): string[] {
  return hasVariable(env, 'HOME') ? [...env] : mergeEnvironment(env, [`HOME=${home}`]);
}

/** Whether a variable has a value that is not empty. */
export function hasVariable(env: readonly string[], name: string): boolean {
  const entry = env.findLast((one) => one.startsWith(`${name}=`));
  return entry !== undefined && entry.length > name.length + 1;
}
