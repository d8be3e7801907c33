import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GantryError } from '../../../kernel/index.js';

const MAX_OUTPUT_BYTES = 64 << 20;

/** Docker's default. */
const DEFAULT_OPTIONS = ['-ef'];

interface ProcessTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Runs the host's `ps` with the user's options, and returns the rows of some processes.
 * @throws GantryError `invalid` for options that ps rejects or that omit the column PID, `unavailable` without a ps
 */
export async function processTable(options: readonly string[], pids: readonly number[]): Promise<ProcessTable> {
  const text = await psOf(options.length > 0 ? options : DEFAULT_OPTIONS, pids);
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const header = first.trim().split(/\s+/);
  const column = header.indexOf('PID');
  if (column < 0)
    throw new GantryError('invalid', "Couldn't find PID field in ps output", {
      hint: 'Add pid to the columns: -o pid,args',
    });
  const rows = lines.map((line) => cells(line, header.length));
  const isMeant = new Set(pids);
  return { header, rows: rows.filter((row) => isMeant.has(Number(row[column]))) };
}

/** Options that choose columns alone would show the engine's own processes: `-q` adds those that are meant. Not all go with it. */
async function psOf(options: readonly string[], pids: readonly number[]): Promise<string> {
  try {
    return await ps([...options, `-q${pids.join(',')}`]);
  } catch {
    return ps(options);
  }
}

/** The last column may hold spaces. */
function cells(line: string, count: number): string[] {
  const words = line.trim().split(/\s+/);
  return [...words.slice(0, count - 1), words.slice(count - 1).join(' ')];
}

async function ps(options: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('/bin/ps', [...options], {
      env: { LC_ALL: 'C', COLUMNS: '4096' },
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new GantryError('unavailable', 'There is no ps on this host', {
        hint: 'Install it: apt-get install procps',
      });
    }
    const [reason = ''] = (stderr ?? '').trim().split('\n');
    throw new GantryError('invalid', `ps: ${reason || 'it refuses these options'}`, { cause });
  }
}
