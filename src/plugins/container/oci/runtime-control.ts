import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawned, spawnProgram } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { Config } from '../../system/index.js';
import { liftCpuQuota } from '../cgroups/index.js';
import type { OciResources } from '../contracts/index.js';
import { inPrivateNamespaces, PATH, SHELL } from '../host/index.js';
import { type OciRuntime, probeRuntime } from './probe-runtime.js';

const MAX_OUTPUT_BYTES = 4096;
/** Time to read what a program wrote before its end. */
const LEFT_OUTPUT_MS = 100;
const UNLIMITED = -1;

interface SpawnOptions {
  readonly enter?: () => void;
  readonly oomScoreAdj?: number | undefined;
}

/** The folder in which a runtime stores the state of this engine's containers. */
export function runtimeStateFolder(config: Config, runtime: OciRuntime): string {
  return `${config.runDir}/${runtime.name}`;
}

/** The runtime's command line with its global options. */
export function runtimeCommand(config: Config, runtime: OciRuntime, log: string): string[] {
  return [runtime.path, '--root', runtimeStateFolder(config, runtime), '--log', log, '--log-format', 'json'];
}

/** Runtimes give a container's score of the OOM killer to its first program alone: others inherit it from the runtime. */
export function withOomScore(score: number | undefined, command: readonly string[]): readonly string[] {
  if (score === undefined) return command;
  return [SHELL, '-c', 'echo "$0" >/proc/self/oom_score_adj; exec "$@"', String(score), ...command];
}

/** Commands of the OCI runtime on a running container. */
export class RuntimeControl {
  constructor(private readonly config: Config) {}

  pause(id: string): Promise<void> {
    return this.#run('pause', id);
  }

  /** @throws GantryError `unavailable` where the kernel refuses */
  async update(id: string, { cpu, ...others }: Omit<OciResources, 'devices'>): Promise<void> {
    const isLifted = cpu?.quota === UNLIMITED && liftCpuQuota(id);
    const { quota: _, ...restOfCpu } = cpu ?? {};
    const resources = { ...others, ...(cpu && { cpu: isLifted ? restOfCpu : cpu }) };
    const folder = mkdtempSync(join(this.config.runDir, 'update-'));
    try {
      const file = join(folder, 'resources.json');
      writeFileSync(file, JSON.stringify(resources), { mode: 0o600 });
      await this.#run('update', '--resources', file, id);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /**
   * Starts the runtime in a mount namespace where it can handle all mounts. Its output is piped.
   * @param enter is called in that namespace before
   */
  spawn(args: readonly string[], { enter = (): void => {}, oomScoreAdj }: SpawnOptions = {}): ChildProcess {
    const runtime = probeRuntime();
    const command = [runtime.path, '--root', runtimeStateFolder(this.config, runtime), ...args];
    const [program = '', ...words] = withOomScore(oomScoreAdj, command);
    return inPrivateNamespaces({ network: false, cgroups: runtime.cgroups }, () => {
      enter();
      return spawnProgram(program, words, {
        cwd: '/',
        env: { PATH },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    });
  }

  async #run(verb: string, ...args: readonly string[]): Promise<void> {
    const { exitCode, output } = await waitForExit(await spawned(this.spawn([verb, ...args])));
    if (exitCode === 0) return;
    throw new GantryError(
      'unavailable',
      `Cannot ${verb} container ${args.at(-1)}: ${output.trim() || `exit code ${exitCode}`}`,
    );
  }
}

/** Collects the beginning of what a program writes to both of its streams. @returns what there is by now */
export function collectOutput(child: ChildProcess): () => string {
  let output = Buffer.alloc(0);
  const keep = (chunk: Buffer): void => {
    if (output.length < MAX_OUTPUT_BYTES) output = Buffer.concat([output, chunk]).subarray(0, MAX_OUTPUT_BYTES);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => output.toString();
}

/**
 * Waits for a program's end, and for its output; that ends soon even where its children go on and could write more.
 * `output` is its beginning.
 */
export function waitForExit(
  child: ChildProcess,
  output = collectOutput(child),
): Promise<{ readonly exitCode: number; readonly output: string }> {
  return new Promise((resolve) => {
    const ended = (code: number | null): void => resolve({ exitCode: code ?? -1, output: output() });
    child.once('error', (error) => resolve({ exitCode: -1, output: error.message }));
    child.once('close', ended);
    child.once('exit', (code) => setTimeout(() => ended(code), LEFT_OUTPUT_MS));
  });
}
