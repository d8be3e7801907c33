import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawned, spawnProgram } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { denied, WITHOUT_BRIDGE } from './missing-rights.js';

const PACKAGES = { nft: 'nftables', 'iptables-legacy': 'iptables' } as const;
type Tool = keyof typeof PACKAGES;

/** A tool that takes longer does not come back. */
const TIMEOUT_MS = 10_000;

/** The folders where distributions keep these tools, whatever the engine's own PATH; messages in English. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Runs a tool with a script on its standard input.
 * @returns its standard output
 * @throws GantryError `unavailable`, also where it takes too long
 */
export async function runTool(tool: Tool, args: readonly string[], input: string): Promise<string> {
  try {
    const child = await spawned(spawnProgram(tool, args, { env, stdio: 'pipe' }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const ended = Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    using waiting = new DisposableStack();
    const cancel = new AbortController();
    waiting.defer(() => cancel.abort());
    const late = sleep(TIMEOUT_MS, undefined, { signal: cancel.signal }).catch(() => undefined);
    const result = await Promise.race([ended, late]);
    if (!result) {
      child.kill('SIGKILL');
      child.unref();
      throw new GantryError('unavailable', `${tool} has not ended within ${TIMEOUT_MS / 1000} seconds`, {
        cause: Object.assign(new Error('too late'), { code: 'ETIMEDOUT' }),
      });
    }
    const [output, complaint, [status]] = result;
    if (status !== 0) throw refused(tool, complaint);
    return output;
  } catch (error) {
    throw missing(tool, error);
  }
}

/** Whether a tool did not come back: another call would not, either. */
export function isTimeout(error: unknown): boolean {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
}

function refused(tool: Tool, complaint: string): GantryError {
  const reason = `${tool} failed: ${complaint.trim().split('\n')[0] || 'it gave no reason'}`;
  if (/Operation not permitted|Permission denied/.test(complaint)) return denied(new Error(reason));
  return new GantryError('unavailable', reason);
}

function missing(tool: Tool, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'EACCES') return error;
  return new GantryError('unavailable', code === 'ENOENT' ? `${tool} is not installed` : `${tool} cannot be run`, {
    cause: error,
    hint: `Install the package ${PACKAGES[tool]}; ${WITHOUT_BRIDGE}`,
  });
}
