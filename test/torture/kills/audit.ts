import { once } from 'node:events';
import type { TestEngine } from '../../support/engine.js';
import type { Ledger } from './workload.js';
import { faultOf } from './writer.js';

const PATIENCE_MS = 30_000;

/** What the engine owes: every acknowledged container, its output to the byte, its exit code. */
export async function auditContainers(
  engine: TestEngine,
  { acknowledged, uncertain, removed, orphaned }: Ledger,
): Promise<string[]> {
  const faults: string[] = [];
  for (const writer of [...acknowledged, ...uncertain]) {
    if (removed.has(writer.name)) continue;
    const isOwed = acknowledged.includes(writer);
    const { code, stdout } = await waitFor(engine, writer.name);
    if (code === null) {
      faults.push(`${writer.name} does not end`);
      continue;
    }
    if (code !== 0) {
      if (isOwed) faults.push(`${writer.name} was acknowledged, and is lost`);
      continue;
    }
    const format = '{{.Id}} {{.State.StartedAt}} {{.State.OOMKilled}}';
    const [id = '', startedAt = '', killed] = (await engine.ok('inspect', '--format', format, writer.name)).split(' ');
    // What held its output or its exit code was killed: it has to end, and its log has to be true as far as it goes.
    if (orphaned.has(id)) {
      const fault = faultOf(writer, await logsOf(engine, writer.name), true);
      if (fault) faults.push(`${fault} (its monitor was killed)`);
      continue;
    }
    if (startedAt.startsWith('0001')) {
      if (isOwed) faults.push(`${writer.name} was acknowledged, and never ran`);
      continue;
    }
    if (stdout.trim() !== String(writer.exitCode)) {
      // A start that the daemon's death cut short ends with the engine's own code, and says so.
      if (isOwed) faults.push(`${writer.name}: exit code ${stdout.trim()}, and not ${writer.exitCode}`);
      continue;
    }
    if (writer.greedy && killed !== 'true') faults.push(`${writer.name} ran out of memory, and nobody knows (${id})`);
    const fault = faultOf(writer, await logsOf(engine, writer.name));
    if (fault) faults.push(`${fault} (${writer.tty ? 'on a terminal, ' : ''}${id})`);
  }
  return faults;
}

/** Its code is null where the container has not ended in time. */
async function waitFor(engine: TestEngine, name: string): Promise<{ code: number | null; stdout: string }> {
  const client = engine.spawn(['wait', name]);
  client.stdin?.end();
  client.stderr?.resume();
  const late = setTimeout(() => client.kill('SIGKILL'), PATIENCE_MS);
  let stdout = '';
  client.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code] = (await once(client, 'close')) as [number | null];
  clearTimeout(late);
  return { code, stdout };
}

async function logsOf(engine: TestEngine, name: string): Promise<string> {
  const { code, stdout, stderr } = await engine.docker(['logs', name]);
  return code === 0 ? stdout : `logs failed: ${stderr}\n`;
}
