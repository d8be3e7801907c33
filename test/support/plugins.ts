import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestFn } from 'ava';
import { textOf } from '../../src/host/index.js';
import { newVisibleFolder } from '../runner/run-folder.js';
import { eventually, type Result, TestEngine } from './engine.js';

/** What `docker plugin inspect` tells. */
export interface Inspected {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly summary: string;
  readonly stack: readonly string[];
  readonly output: readonly string[];
}

/** An engine with a daemon and a folder of plugins of its own. */
export class PluginsEngine extends TestEngine {
  readonly folder: string;

  /** @param more of the environment */
  constructor(more: Readonly<Record<string, string>> = {}) {
    const folder = newVisibleFolder();
    chmodSync(folder, 0o755);
    super({ GANTRY_PLUGINS: folder, ...more });
    this.folder = folder;
  }

  /** Puts a file there as an editor does: all of it at once. */
  drop(name: string, content: string): string {
    const path = join(this.folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    const fresh = join(path, '..', '.fresh');
    writeFileSync(fresh, content, { mode: 0o644 });
    renameSync(fresh, path);
    return path;
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { recursive: true });
  }

  async inspect(id: string): Promise<Inspected> {
    const [found] = JSON.parse(await this.ok('plugin', 'inspect', id)) as Inspected[];
    if (!found) throw new Error(`plugin inspect ${id} shows nothing`);
    return found;
  }

  /** Waits until a plugin is in a state. */
  until(id: string, state: string): Promise<Inspected> {
    return eventually(async () => {
      const { code, stdout } = await this.quick(['plugin', 'inspect', id]);
      const [found] = JSON.parse(stdout) as Inspected[];
      return code === 0 && found?.state === state && found;
    });
  }

  /** Waits until a command says something. */
  says(args: readonly string[], stdout: string): Promise<Result> {
    return eventually(async () => {
      const result = await this.quick(args);
      return result.stdout === stdout && result;
    });
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Gives the tests of a file one such engine. */
export function pluginsFor(test: TestFn, { image = false } = {}): { readonly engine: PluginsEngine } {
  let engine: PluginsEngine | undefined;
  test.before(async () => {
    engine = new PluginsEngine();
    if (image) await engine.importImage('busybox');
    await engine.startDaemon();
  });
  test.after.always(() => engine?.destroy());
  return {
    get engine() {
      if (!engine) throw new Error('the engine has not started yet');
      return engine;
    },
  };
}

/** A plugin with one command, whose body has `context`, `stdout` and `args`. */
export function commandPlugin(
  id: string,
  body: string,
  { top = '', more = '', effects = "['read']", command = id } = {},
): string {
  return `import * as gantry from 'gantry';
import { Command, type CommandContext, plugin } from 'gantry';
${top}
@Command({ name: '${command}', summary: 'Try ${id}', effects: ${effects} })
class Main {
  async run(context: CommandContext): Promise<number | void> {
    const { stdout, args } = context;
    ${body}
  }
}
export default plugin({ id: '${id}', api: 1, commands: [Main], ${more} });
`;
}

/** The processes of plugins that a daemon has. */
export function pluginProcesses(daemon: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === daemon && commandOf(pid).includes('--max-old-space-size'));
}

/** The users of the processes of plugins' code, which are in namespaces; of those that start or end just now there are none. */
export function pluginUsers(outer: readonly number[]): readonly number[] {
  const children = (parents: readonly number[]): readonly number[] =>
    parents.flatMap((pid) => textOf(`/proc/${pid}/task/${pid}/children`)?.split(' ').filter(Boolean).map(Number) ?? []);
  const users = children(children(outer)).map((pid) => /^Uid:\t(\d+)/m.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1]);
  return users.filter((uid) => uid !== undefined).map(Number);
}

export function statusOf(pid: number): Readonly<Record<string, string>> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.split(':')[0], line.split(':')[1]?.trim().replaceAll('\t', ' ')]),
  );
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\sZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

/** Its words, each with a zero byte behind it. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
