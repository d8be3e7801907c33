import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestFn } from 'ava';
import { isAlwaysLocal } from '../../src/engine/settings.js';
import { hasOnlyFiles, takePreparedRoot } from './prepared-root.js';
import { quickCall, type Result } from './quick-client.js';

export type { Result };

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
export const DOCKER = join(PROJECT, 'bin/docker');
const READY_ATTEMPTS = 400;
const READY_PAUSE_MS = 25;

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Marks of the run and of the test file, by which the runner finds processes that outlive them. */
const MARKS = ['GANTRY_TEST_RUN', 'GANTRY_TEST_FILE', 'TMPDIR'];

let engines = 0;

/** An engine of a test's own: root, socket, bridge and subnet. `docker` talks to its daemon, or does all by itself. */
export class TestEngine {
  /** A file in the root that says which bridge the engine has: what a later run needs to take down a killed one's. */
  static readonly NOTE = 'test-engine.json';

  readonly root: string;
  readonly socket: string;
  readonly bridge: string;
  readonly #subnet: string;
  #daemon: ChildProcess | undefined;

  /** @param more of the environment */
  constructor(
    private readonly more: Readonly<Record<string, string>> = {},
    adopted?: { readonly root: string; readonly bridge: string; readonly subnet: string },
  ) {
    this.root = adopted?.root ?? mkdtempSync(join(tmpdir(), 'gantry-e2e-'));
    this.socket = join(this.root, 'run/docker.sock');
    this.bridge = adopted?.bridge ?? `gt${process.pid.toString(36)}-${engines++}`;
    // Tests of other files run beside this one: chance keeps their subnets apart.
    this.#subnet = adopted?.subnet ?? `10.${randomInt(100, 240)}.${randomInt(256)}.0/24`;
    if (!adopted) writeFileSync(join(this.root, TestEngine.NOTE), JSON.stringify(this.#note()));
  }

  /** The engine of a test that was killed. */
  static adopt(root: string): TestEngine {
    return new TestEngine({}, { root, ...JSON.parse(readFileSync(join(root, TestEngine.NOTE), 'utf8')) });
  }

  #note() {
    return { bridge: this.bridge, subnet: this.#subnet };
  }

  static async withDaemon(image?: 'busybox'): Promise<TestEngine> {
    const engine = new TestEngine();
    if (image) await engine.importImage(image);
    await engine.startDaemon();
    return engine;
  }

  get env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.root,
      GANTRY_ROOT: this.root,
      GANTRY_BRIDGE: this.bridge,
      GANTRY_SUBNET: this.#subnet,
      ...Object.fromEntries(MARKS.filter((name) => process.env[name]).map((name) => [name, process.env[name]])),
      ...this.more,
    };
  }

  get daemonPid(): number {
    return this.#daemon?.pid ?? 0;
  }

  async startDaemon(...flags: string[]): Promise<void> {
    const daemon = spawn(DOCKER, ['-d', ...flags], { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#daemon = daemon;
    let words = '';
    daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2000);
    });
    for (let attempt = 0; attempt < READY_ATTEMPTS; attempt++) {
      if (await answers(this.socket)) return;
      if (daemon.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MS));
    }
    throw new Error(`the daemon does not answer: ${words}`);
  }

  async stopDaemon(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const exited = once(daemon, 'exit');
    daemon.kill(signal);
    await exited;
  }

  /** Empty while the daemon has written none. */
  daemonLog(): string {
    const file = join(this.root, 'daemon.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Runs `docker` to its end. */
  async docker(args: readonly string[], { input, env, cwd }: RunOptions = {}): Promise<Result> {
    const child = this.spawn(args, { ...(env && { env }), ...(cwd && { cwd }) });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin?.end(input ?? '');
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  }

  /**
   * Runs a command line as `docker` does, with empty input and, where this engine's daemon runs, without a process of its
   * own: for what leads to a test's point, and for looking again and again.
   */
  quick(args: readonly string[]): Promise<Result> {
    const isPlain = this.#daemon !== undefined && !/^(-|log(in|out)$)/.test(args[0] ?? '') && !isAlwaysLocal(args);
    return isPlain ? quickCall(this.socket, args, this.env) : this.docker(args);
  }

  /** Runs a command line as `quick` does; a failure is the test's. Returns stdout without the last newline. */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.quick(args);
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: exit code ${code}: ${stderr}`);
    return stdout.replace(/\n$/, '');
  }

  spawn(args: readonly string[], options: { env?: Readonly<Record<string, string>>; cwd?: string } = {}): ChildProcess {
    const child = spawn(DOCKER, args, { env: { ...this.env, ...options.env }, cwd: options.cwd ?? '/', stdio: 'pipe' });
    child.stdin?.on('error', () => {});
    return child;
  }

  /** Of busybox a copy is at hand, for an engine that has nothing yet: what imports it before its daemon starts, is quick. */
  async importImage(name: 'busybox' | 'debian'): Promise<void> {
    if (name === 'busybox' && (await this.#isPrepared())) return;
    await this.ok('import', imageTar(name), name);
  }

  async #isPrepared(): Promise<boolean> {
    const isFresh = this.#daemon === undefined && !existsSync(join(this.root, 'gantry.db'));
    if (!isFresh || this.more['GANTRY_STORAGE_DRIVER'] !== undefined) return false;
    return takePreparedRoot(this.root, async (root) => {
      const { code, stderr } = await this.docker(['--root', root, 'import', imageTar('busybox'), 'busybox']);
      if (code !== 0) throw new Error(stderr);
    });
  }

  /** Ends everything that this engine started, and takes it off the host. */
  async destroy(): Promise<void> {
    if (existsSync(join(this.root, 'gantry.db'))) await this.#takeDown();
    rmSync(this.root, { recursive: true, force: true });
  }

  async #takeDown(): Promise<void> {
    if (this.#daemon !== undefined || !hasOnlyFiles(this.root)) await this.#endContainers();
    spawnSync('ip', ['link', 'del', this.bridge]);
    spawnSync('nft', ['delete', 'table', 'inet', this.bridge]);
  }

  async #endContainers(): Promise<void> {
    if (this.#daemon === undefined) await this.startDaemon();
    const containers = (await this.ok('ps', '-aq')).split('\n').filter(Boolean);
    if (containers.length > 0) await this.ok('rm', '-f', ...containers);
    await this.ok('network', 'prune', '-f');
    await this.stopDaemon();
  }
}

const tars = new Map<string, string>();

/** The path of a root filesystem that `scripts/image.sh` keeps for the tests. */
export function imageTar(name: 'busybox' | 'debian'): string {
  const known = tars.get(name);
  if (known !== undefined) return known;
  const path = execFileSync('sh', [join(PROJECT, 'scripts/image.sh'), name], { encoding: 'utf8' }).trim();
  tars.set(name, path);
  return path;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function eventually<T>(look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('what the test waits for did not come');
}

/** Gives the tests of a file one engine with a daemon and a busybox image, and takes it away afterwards. */
export function engineFor(test: TestFn): { readonly engine: TestEngine } {
  let engine: TestEngine | undefined;
  test.before(async () => {
    engine = await TestEngine.withDaemon('busybox');
  });
  test.after.always(() => engine?.destroy());
  return {
    get engine() {
      if (!engine) throw new Error('the engine has not started yet');
      return engine;
    },
  };
}
