import { randomBytes } from 'node:crypto';
import type { Events } from '../../system/index.js';
import type { Container, ExecRequest, ExecSession } from '../contracts/index.js';

/** Emits an event of a container with Docker's attributes: its image, its name and its labels. */
export function recordEvent(
  events: Pick<Events, 'emit'>,
  { id, name, config }: Pick<Container, 'id' | 'name' | 'config'>,
  action: string,
  more: Readonly<Record<string, string>> = {},
): void {
  events.emit('container', action, id, { ...config.process?.Labels, image: config.image, name, ...more });
}

/** Emits an event of each volume of a container that starts, or has ended. A damaged row may have no mounts. */
export function recordVolumes(
  events: Pick<Events, 'emit'>,
  { id, config }: Pick<Container, 'id' | 'config'>,
  action: 'mount' | 'unmount',
): void {
  for (const { type, source, target, readOnly } of config.mounts ?? []) {
    if (type !== 'volume') continue;
    const how = { destination: target, propagation: '', 'read/write': String(!readOnly) };
    events.emit('volume', action, source, { container: id, driver: 'local', ...(action === 'mount' && how) });
  }
}

/** The events of one program that `exec` runs. */
export class ExecEvents {
  readonly #execID = randomBytes(32).toString('hex');

  constructor(
    private readonly events: Pick<Events, 'emit'>,
    private readonly container: Pick<Container, 'id' | 'name' | 'config'>,
    private readonly request: ExecRequest,
  ) {}

  created(): void {
    this.#record(`exec_create: ${this.request.args.join(' ')}`);
  }

  /** And its end, unless nobody learns of that: of a program that runs on without its client. */
  started({ ended }: Pick<ExecSession, 'ended'>, failed: (error: unknown) => void): void {
    this.#record(`exec_start: ${this.request.args.join(' ')}`);
    if (this.request.detach) return;
    ended.then(({ exitCode }) => this.#record('exec_die', { exitCode: String(exitCode) })).catch(failed);
  }

  #record(action: string, more: Readonly<Record<string, string>> = {}): void {
    recordEvent(this.events, this.container, action, { execID: this.#execID, ...more });
  }
}
