import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { spawned, spawnProgram } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { denied, WITHOUT_BRIDGE } from './missing-rights.js';

const PACKAGES = { ip: 'iproute2', nft: 'nftables', 'iptables-legacy': 'iptables' } as const;
type Tool = keyof typeof PACKAGES;

/** The folders where distributions keep these tools, whatever the engine's own PATH; messages in English. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Runs `ip` or `nft` with a script on its standard input.
 * @returns its standard output
 * @throws GantryError `unavailable`
 */
export async function runTool(tool: Tool, args: readonly string[], input: string): Promise<string> {
  try {
    const child = await spawned(spawnProgram(tool, args, { env, stdio: 'pipe' }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [output, complaint, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    if (status !== 0) throw refused(tool, complaint);
    return output;
  } catch (error) {
    throw missing(tool, error);
  }
}

/** Like `runTool`, but synchronous: for work inside a database transaction. */
export function runToolSync(tool: Tool, args: readonly string[], input = ''): string {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { env, input, encoding: 'utf8' });
  // A tool that ends before it has read everything has a reason of its own.
  if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw missing(tool, error);
  if (status !== 0) throw refused(tool, stderr);
  return stdout;
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
