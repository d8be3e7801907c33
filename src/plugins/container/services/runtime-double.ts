import { GantryError, shortId } from '../../../kernel/index.js';
import type { Lease } from '../../network/index.js';
import { MemoryDatabase } from '../../system/index.js';
import type { Attachment, Container, ContainerConfig } from '../contracts/index.js';
import { hasNetwork, parseContainerMode, signalNumber } from '../parsers/index.js';
import {
  alreadyRunning,
  ContainerStore,
  checkName,
  newContainerId,
  notRunning,
  randomName,
  stillRunning,
} from '../records/index.js';
import type { PlainRuntime } from './containers-api.js';

const SIGTERM = 15;
const SIGKILL = 9;
const FIRST_PID = 1000;
const FIRST_PORT = 49_153;
const SELF = { pid: 1, startTime: 0 };

/**
 * Containers without programs, in memory, for tests of plugins: one that is started runs until it is stopped or killed.
 * Everything that a program would decide, its output or its reaction to a signal, is refused. The rows are the engine's
 * own.
 */
export class RuntimeDouble implements PlainRuntime {
  readonly #store = new ContainerStore(new MemoryDatabase(), { emit: () => {} });
  readonly #waiting = new Map<string, ((exitCode: number) => void)[]>();
  #starts = 0;

  constructor() {
    this.#store.migrate();
  }

  checkNetwork(mode: string): void {
    const joined = parseContainerMode(mode);
    if (joined !== undefined) this.#store.find(joined);
    else if (!['bridge', 'none', 'host'].includes(mode))
      throw new GantryError('not found', `network ${mode} not found`);
  }

  async create(config: ContainerConfig, name = this.#freeName()): Promise<Container> {
    this.checkNetwork(config.network);
    const id = newContainerId();
    this.#store.insert({
      ...{ id, name: checkName(name), created: Date.now() },
      config: { ...config, hostname: config.hostname || shortId(id) },
    });
    return this.get(id);
  }

  get(reference: string): Container {
    const { init, ...container } = this.#store.find(reference);
    return { ...container, pid: init?.pid ?? 0 };
  }

  list(): readonly Container[] {
    return this.#store.list().map(({ id }) => this.get(id));
  }

  async start(id: string): Promise<Attachment> {
    const container = this.get(id);
    if (!this.#store.claimForStart(id, SELF)) throw alreadyRunning(container);
    const number = this.#starts++;
    const init = { pid: FIRST_PID + number, startTime: 0 };
    this.#store.setMonitor(id, init, leaseOf(container.config, number));
    this.#store.setRunning(id, init);
    const refuse = (): never => {
      throw new GantryError('unavailable', 'a double of a container has no streams');
    };
    return { write: refuse, end: refuse, resize: refuse, detach: () => {}, ended: new Promise(() => {}) };
  }

  async logs(id: string): Promise<void> {
    const { name, startedAt } = this.get(id);
    if (startedAt) throw new GantryError('unavailable', `a double runs no program, so container ${name} has no output`);
  }

  wait(id: string): Promise<number> {
    const { status, exitCode } = this.get(id);
    if (status !== 'running') return Promise.resolve(exitCode);
    return new Promise((resolve) => this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]));
  }

  async stop(id: string): Promise<void> {
    if (this.get(id).status === 'running') this.#end(id, SIGTERM);
  }

  async kill(reference: string, signal: NodeJS.Signals | number): Promise<void> {
    const container = this.get(reference);
    if (container.status !== 'running') throw notRunning(reference, container);
    if (signalNumber(signal) !== SIGKILL) {
      throw new GantryError('unavailable', `a double runs no program that could take the signal ${signal}`);
    }
    this.#end(container.id, SIGKILL);
  }

  async remove(id: string, { force }: { readonly force: boolean }): Promise<void> {
    const container = this.get(id);
    if (container.status === 'running') {
      if (!force) throw stillRunning(container);
      this.#end(id, SIGKILL);
    }
    this.#store.deleteRow(id);
  }

  #end(id: string, signal: number): void {
    const exitCode = 128 + signal;
    const { autoRemove } = this.get(id).config;
    this.#store.setEnded(id, { exitCode, error: '' });
    if (autoRemove) this.#store.deleteRow(id);
    for (const resolve of this.#waiting.get(id) ?? []) resolve(exitCode);
    this.#waiting.delete(id);
  }

  #freeName(): string {
    let name = randomName(0);
    while (this.#store.hasName(name)) name = randomName(1);
    return name;
  }
}

function leaseOf({ network, ports }: ContainerConfig, number: number): Lease | undefined {
  if (!hasNetwork(network)) return undefined;
  return {
    address: `172.30.${number >> 8}.${number & 0xff}`,
    prefixLength: 16,
    gateway: '172.30.0.1',
    macAddress: '02:42:ac:1e:00:02',
    ports: ports.map(({ hostPort, hostAddress, ...port }, index) => ({
      ...port,
      hostPort: hostPort ?? FIRST_PORT + index,
      hostAddress: hostAddress ?? '0.0.0.0',
    })),
  };
}
