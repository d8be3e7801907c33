import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { imageTar, type Result, type TestEngine } from '../../support/engine.js';
import type { Chance } from '../chance.js';
import { newWriter, type Writer } from './writer.js';

const PATIENCE_MS = 30_000;

/** What clients did, as far as the engine acknowledged it. */
export interface Ledger {
  /** Containers whose id came back. */
  readonly acknowledged: Writer[];
  /** Containers that may be there or not: the answer was lost. */
  readonly uncertain: Writer[];
  /** Names that `rm` has acknowledged, or may have removed. */
  readonly removed: Set<string>;
  /** Ids of containers whose monitor or pty host was killed. */
  readonly orphaned: Set<string>;
  readonly faults: string[];
  /** Calls that did not end by themselves: their clients lost patience. */
  readonly hung: string[];
  calls: number;
}

/** Clients that work against an engine which dies all the time. Each runs in a loop until it is told to stop. */
export class Workload {
  readonly ledger: Ledger = {
    acknowledged: [],
    uncertain: [],
    removed: new Set(),
    orphaned: new Set(),
    faults: [],
    hung: [],
    calls: 0,
  };
  readonly #clients = new Set<ChildProcess>();
  #stopped = false;

  constructor(
    private readonly engine: TestEngine,
    private readonly chance: Chance,
  ) {}

  async run(clients: number): Promise<void> {
    await Promise.all(Array.from({ length: clients }, () => this.#client()));
  }

  stop(): void {
    this.#stopped = true;
  }

  /** One that works now, to be killed. */
  get someClient(): ChildProcess | undefined {
    return this.chance.of([...this.#clients]);
  }

  async #client(): Promise<void> {
    const acts = [
      this.#start,
      this.#start,
      this.#runToEnd,
      this.#remove,
      this.#follow,
      this.#look,
      this.#commit,
      this.#stopOne,
      this.#exec,
      this.#import,
    ];
    while (!this.#stopped) {
      await this.chance.of(acts)?.call(this);
      this.ledger.calls++;
    }
  }

  async #start(): Promise<void> {
    const writer = newWriter(this.chance);
    const { code } = await this.#docker(writer.args);
    (code === 0 ? this.ledger.acknowledged : this.ledger.uncertain).push(writer);
  }

  async #runToEnd(): Promise<void> {
    const word = `word${this.chance.between(0, 1e9)}`;
    const { code, stdout } = await this.#docker(['run', '--rm', 'busybox', 'sh', '-c', `echo ${word}; exit 7`]);
    if (code === 7 && stdout !== `${word}\n`) this.ledger.faults.push(`run --rm gave ${JSON.stringify(stdout)}`);
    if (code === 0) this.ledger.faults.push('run --rm lost an exit code of 7, and gave 0');
  }

  async #remove(): Promise<void> {
    const writer = this.chance.of(this.ledger.acknowledged);
    if (!writer) return;
    this.ledger.removed.add(writer.name);
    await this.#docker(['rm', '-f', writer.name]);
  }

  async #stopOne(): Promise<void> {
    // Its exit code and its last line are the stop's now, and no longer known.
    const writer = this.chance.of(this.ledger.acknowledged);
    if (!writer || this.chance.next() < 0.5) return;
    this.ledger.removed.add(writer.name);
    await this.#docker(['stop', '-t', '0', writer.name]);
  }

  async #follow(): Promise<void> {
    const writer = this.chance.of(this.ledger.acknowledged);
    if (writer) await this.#docker(['logs', '-f', writer.name]);
  }

  async #look(): Promise<void> {
    await this.#docker(['ps', '-a']);
    await this.#docker(['images']);
  }

  async #commit(): Promise<void> {
    const writer = this.chance.of(this.ledger.acknowledged);
    if (writer) await this.#docker(['commit', writer.name, `image${this.chance.between(0, 5)}`]);
  }

  async #exec(): Promise<void> {
    const writer = this.chance.of(this.ledger.acknowledged);
    if (!writer) return;
    const word = `word${this.chance.between(0, 1e9)}`;
    const { code, stdout } = await this.#docker(['exec', writer.name, 'sh', '-c', `echo ${word}; exit 5`]);
    if (code === 5 && stdout !== `${word}\n`) this.ledger.faults.push(`exec gave ${JSON.stringify(stdout)}`);
    if (code === 0) this.ledger.faults.push('exec lost an exit code of 5, and gave 0');
  }

  async #import(): Promise<void> {
    await this.#docker(['import', imageTar('busybox'), `image${this.chance.between(0, 5)}`]);
  }

  /** By its socket alone: a call of its own would start another daemon. */
  async #docker(args: readonly string[]): Promise<Result> {
    const client = this.engine.spawn(['-H', `unix://${this.engine.socket}`, ...args]);
    this.#clients.add(client);
    let stdout = '';
    client.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    client.stderr?.resume();
    client.stdin?.end();
    const impatience = setTimeout(() => {
      this.ledger.hung.push(args.join(' '));
      client.kill('SIGKILL');
    }, PATIENCE_MS);
    const [code] = (await once(client, 'close')) as [number | null];
    clearTimeout(impatience);
    this.#clients.delete(client);
    if (code !== 0) await new Promise((resolve) => setTimeout(resolve, 50));
    return { code, stdout, stderr: '' };
  }
}
