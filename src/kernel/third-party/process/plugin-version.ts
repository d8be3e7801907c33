import { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type CommandContext,
  type ExtendedCall,
  GantryError,
  GuestError,
  type Next,
  type OptionValues,
  PluginFailure,
} from '../../contracts/index.js';
import type { CallScope } from '../../dry-run/index.js';
import type { AcceptedStreams, Channel, Manifest, RunParams, ServiceParams } from '../protocol/index.js';
import { ActiveCalls } from './active-calls.js';
import { checkManifest } from './check-manifest.js';
import { clientOf, forward } from './client-side.js';
import { OwnTime, unlessClientGone, withTimeout } from './deadlines.js';
import { GuestProcess, type ProcessExit } from './guest-process.js';

/** How long a plugin's process is kept without a call. */
const IDLE_MS = 30_000;
const LOAD_MS = 10_000;
/** Time limit for work that a user waits for without having called the plugin: a column, code around a call. */
const PROMPT_MS = 3000;
const SERVICE_MS = 30_000;
/** The rights of what fills a table. */
const LOOKING: CallScope = { effects: ['read'], recorder: undefined };
/** How long a command may go on after its client has gone. */
const GONE_MS = 10_000;

interface VersionSource {
  /** The file or folder among those of plugins that it comes from. */
  readonly place: string;
  /** Fetched when it is run. */
  readonly code: () => Promise<string>;
  readonly hash: string;
  /** The file that the plugin is in: stacks name it. */
  readonly entry: string;
}

/** The engine as the versions of all plugins see it. */
export interface VersionHost {
  readonly program: string;
  /** Methods of the engine's open services, by label. */
  readonly open: Readonly<Record<string, readonly string[]>>;
  /** Labels of the services that plugins offer. */
  labels(): readonly string[];
  /** Whether its transports may listen. */
  mayListen(manifest: Manifest): boolean;
  /** Whether it runs as root. */
  isPrivileged(manifest: Manifest): boolean;
  /** @throws PluginFailure while the plugin is in back-off */
  demandUsable(version: PluginVersion): void;
  /** A plugin uses a service. `scope` is missing outside of calls. */
  service(version: PluginVersion, params: ServiceParams, scope: CallScope | undefined): Promise<unknown>;
  /** A transport of the plugin took a connection. */
  accept(version: PluginVersion, connection: Duplex): void;
  failed(version: PluginVersion, end: ProcessExit): void;
  wrote(version: PluginVersion, line: string): void;
}

/** One version of a plugin's code, and the process that runs it while it is in use. */
export class PluginVersion {
  #process: Promise<GuestProcess> | undefined;
  #manifest: Manifest | undefined;
  #inFlight = 0;
  #idle: NodeJS.Timeout | undefined;
  #retired = false;
  #kept = false;
  /** Of the process that was told to listen: no other takes connections. */
  #listening: Channel | undefined;
  readonly #scopes = new ActiveCalls();

  constructor(
    readonly source: VersionSource,
    private readonly host: VersionHost,
    manifest?: Manifest,
  ) {
    this.#manifest = manifest;
  }

  get manifest(): Manifest {
    if (!this.#manifest) throw new Error('the plugin has not been inspected yet');
    return this.#manifest;
  }

  get id(): string {
    return this.#manifest?.id ?? this.source.entry;
  }

  /** Runs the code for what it says of itself. @throws GantryError `invalid`, `PluginFailure` */
  async inspect(): Promise<Manifest> {
    await this.#use(async () => {});
    // It ran without rights on the host, since its own were not known.
    if (this.manifest.rights.includes('Host.all')) this.#stopProcess();
    return this.manifest;
  }

  /** Runs one of its commands. */
  run(command: string, options: OptionValues, context: CommandContext, scope: CallScope): Promise<number> {
    return this.#use(async ({ channel }) => {
      const streams = { stdin: channel.newStream(), stdout: channel.newStream(), stderr: channel.newStream() };
      const stdin = channel.output(streams.stdin, () => void pipeline(context.stdin, stdin).catch(() => {}));
      const outputs = [
        forward(channel.input(streams.stdout), context.stdout),
        forward(channel.input(streams.stderr), context.stderr),
      ];
      return this.#scopes.during({ scope, context }, async (id) => {
        context.terminal.onResize((size) => void channel.call('resize', { scope: id, size }).catch(() => {}));
        const params: RunParams = { scope: id, command, options, client: clientOf(context), streams };
        const running = channel.call<unknown>('run', params, context.gone).finally(() => Promise.all(outputs));
        const failure = (): Error => this.#failure(`goes on with '${command}' though its client has gone`);
        return this.#exitCode(await unlessClientGone(context.gone, GONE_MS, running, failure));
      });
    });
  }

  /** Runs one of its extensions around a call. Its own time before and after the call is limited. */
  around(extension: string, own: OptionValues, call: ExtendedCall, next: Next, scope: CallScope): Promise<number> {
    return this.#use(({ channel }) => {
      const clock = new OwnTime(PROMPT_MS, () =>
        this.#failure(`took more than ${PROMPT_MS / 1000} s around '${call.command}'`),
      );
      const timedNext: Next = (changes) => clock.paused(() => next(changes));
      return this.#scopes.during({ scope, next: timedNext }, async (id) => {
        const answer = channel.call<unknown>('around', { scope: id, extension, own, call });
        return this.#exitCode(await Promise.race([answer, clock.exceeded]).finally(() => clock.stop()));
      });
    });
  }

  /** Has one of its handlers take an event, for as long as it needs. */
  deliver(name: string, event: unknown): Promise<unknown> {
    return this.#handle(undefined, name, [event], 'any');
  }

  /** Asks one of its handlers for what a table shows, which is to look and no more. */
  ask(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#handle(LOOKING, name, args, PROMPT_MS);
  }

  #handle(
    scope: CallScope | undefined,
    name: string,
    args: readonly unknown[],
    patience: number | 'any',
  ): Promise<unknown> {
    return this.#use(({ channel }) =>
      this.#scopes.during({ scope }, (id) =>
        this.#within(patience, name, channel.call('handle', { scope: id, name, args })),
      ),
    );
  }

  /** Calls a method of one of the services that it offers, with the rights of the call that asks for it. */
  offered(label: string, method: string, args: readonly unknown[], scope: CallScope | undefined): Promise<unknown> {
    return this.#use(({ channel }) =>
      this.#scopes.during({ scope }, (id) =>
        this.#within(SERVICE_MS, `${label}.${method}`, channel.call('offered', { scope: id, label, method, args })),
      ),
    );
  }

  /** Has one of its transports listen; its process is kept from then on. Gives the end of that process, to wait for. */
  async listen(scheme: string, address: string): Promise<{ readonly ended: Promise<unknown> }> {
    this.#kept = true;
    return this.#use(async (process) => {
      this.#listening = process.channel;
      await this.#scopes.during({ scope: undefined }, () => process.channel.call('listen', { scheme, address }));
      return { ended: process.ended };
    });
  }

  /** Another version has taken its place: ends when the calls under way have. */
  retire(): void {
    this.#retired = true;
    this.#kept = false;
    if (this.#inFlight === 0) this.#stopProcess();
  }

  async #use<T>(work: (process: GuestProcess) => Promise<T>): Promise<T> {
    this.host.demandUsable(this);
    this.#inFlight++;
    clearTimeout(this.#idle);
    let process: GuestProcess | undefined;
    try {
      process = await this.#alive();
      return await work(process);
    } catch (error) {
      throw await this.#explained(error, process);
    } finally {
      if (--this.#inFlight === 0) this.#stopWhenIdle();
    }
  }

  /** Its process, another one where that has died since the last call. */
  async #alive(): Promise<GuestProcess> {
    const process = await this.#begun();
    if (!process.channel.isClosed) return process;
    await process.ended;
    this.host.demandUsable(this);
    return this.#begun();
  }

  #begun(): Promise<GuestProcess> {
    if (this.#process) return this.#process;
    const begun = this.#start();
    this.#process = begun;
    const forget = (): void => {
      if (this.#process === begun) this.#process = undefined;
    };
    begun.then(({ ended }) => ended.then(forget), forget);
    return begun;
  }

  #stopWhenIdle(): void {
    if (this.#retired) this.#stopProcess();
    else if (!this.#kept) this.#idle = setTimeout(() => this.#stopProcess(), IDLE_MS).unref();
  }

  #stopProcess(): void {
    clearTimeout(this.#idle);
    const process = this.#process;
    this.#process = undefined;
    void process?.then(
      (running) => running.stop(),
      () => {},
    );
  }

  async #start(): Promise<GuestProcess> {
    const { program, open } = this.host;
    const { entry, hash } = this.source;
    const code = await this.source.code();
    const started = new GuestProcess({
      program,
      privileged: this.#manifest !== undefined && this.host.isPrivileged(this.#manifest),
      handlers: this.#scopes.handlers(() => started.channel, {
        service: (params, scope) => this.host.service(this, params, scope),
        accepted: () => this.#accepted(started),
      }),
      onLine: (line) => this.host.wrote(this, line),
    });
    void started.ended.then((end) => end.failed && this.host.failed(this, end));
    const url = `file://${encodeURI(entry)}?${hash.slice(0, 8)}`;
    const loading = this.#scopes.during({ scope: undefined }, () =>
      started.channel.call<unknown>('load', { code, open, url }),
    );
    started.watch();
    try {
      const manifest = checkManifest(await this.#within(LOAD_MS, 'its load', loading));
      this.#manifest ??= manifest;
      started.raisePriority();
      return started;
    } catch (error) {
      const explained = await this.#explained(error, started);
      started.stop();
      throw explained;
    }
  }

  #accepted(process: GuestProcess): AcceptedStreams {
    const { channel } = process;
    if (channel !== this.#listening || !this.host.mayListen(this.manifest)) {
      process.terminate('gave a connection, and was not told to listen');
      throw new GantryError('denied', 'no connection is taken of it');
    }
    const [incoming, outgoing] = [channel.newStream(), channel.newStream()];
    const connection = Duplex.from({ readable: channel.input(incoming), writable: channel.output(outgoing) });
    this.host.accept(this, connection);
    return { incoming, outgoing };
  }

  /** Says why, where the process has gone; and makes a bug of the plugin's one line that names the plugin. */
  async #explained(error: unknown, process: GuestProcess | undefined): Promise<unknown> {
    if (error instanceof GuestError) {
      const place = /^\s*at .*?\(?(\/[^()]*:\d+):\d+\)?$/m.exec(error.guestStack)?.[1];
      return this.#failure(`failed${place ? ` at ${place}` : ''}: ${error.message}`, error.guestStack, error);
    }
    if (!(error instanceof GantryError) || error instanceof PluginFailure || !process?.channel.isClosed) return error;
    const { reason, stack } = await process.ended;
    return this.#failure(reason, stack, error);
  }

  #failure(reason: string, stack = '', cause?: unknown): PluginFailure {
    return new PluginFailure(this.id, reason, stack, cause);
  }

  #within<T>(patience: number | 'any', what: string, work: Promise<T>): Promise<T> {
    return withTimeout(patience, work, (seconds) => this.#failure(`gave no answer in ${seconds} s (${what})`));
  }

  #exitCode(given: unknown): number {
    if (Number.isInteger(given) && (given as number) >= 0 && (given as number) <= 255) return given as number;
    throw this.#failure(`gave ${typeof given === 'number' ? given : `a ${typeof given}`} for an exit code`);
  }
}
