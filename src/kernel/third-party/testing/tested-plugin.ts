import { callAround, LocalCall } from '../../calls/index.js';
import { GantryError, type OptionValues, type PluginDefinition, type Token } from '../../contracts/index.js';
import type { CallScope } from '../../dry-run/index.js';
import { type CommandEntry, PluginRegistry } from '../../registry/index.js';
import { ServiceHost } from '../../services/index.js';
import { failureText } from '../../text/index.js';
import type { Plugin, PluginEvent } from '../api/index.js';
import { PluginInstance } from '../guest/index.js';
import { type BuiltIns, builtInsOf, checkAdmission, checkAllFlags } from '../loader/index.js';
import { checkManifest, type PluginCode, remoteDefinition, ServiceRouter } from '../process/index.js';
import type { Scope } from '../protocol/index.js';
import { fakePlugin, type RanCommand } from './fake-plugin.js';
import { type Answer, MemoryClient } from './memory-client.js';

/** Services of other plugins, by label: objects with the methods that the plugin calls. */
type OtherServices = Readonly<Record<string, object>>;

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** A plugin in an engine without containers, files or a daemon. Parsing, refusals and rights are the engine's own code. */
export class TestedPlugin {
  readonly #registry: PluginRegistry;
  readonly #host: ServiceHost;
  readonly #router: ServiceRouter;
  readonly #instance: PluginInstance;
  readonly #builtIns: BuiltIns;
  readonly #scopes = new Map<Scope, CallScope>();
  #nextScope = 1;
  #nextEvent = 1;

  private constructor(
    plugin: Plugin,
    builtIn: PluginRegistry,
    open: Readonly<Record<string, readonly string[]>>,
    others: OtherServices,
    /** The engine's own commands that would have been run, in order. */
    readonly ran: readonly RanCommand[],
  ) {
    this.#instance = new PluginInstance(plugin, {
      methodsOf: (label) => open[label],
      service: (scope, label, method, args) => this.#service(others, scope, label, method, args),
    });
    this.#builtIns = builtInsOf(builtIn, [...Object.keys(open), ...Object.keys(others)]);
    checkAdmission(checkManifest(this.#instance.manifest), 'this plugin', [], this.#builtIns);
    this.#registry = builtIn.with([remoteDefinition(this.#instance.manifest, this.#code())]);
    this.#host = new ServiceHost(this.#registry);
    this.#router = new ServiceRouter(
      this.#host,
      () => this.#registry,
      () => undefined,
    );
  }

  /** @throws GantryError where an engine would not load the plugin */
  static async of(plugin: Plugin, builtIn: readonly PluginDefinition[], others: OtherServices): Promise<TestedPlugin> {
    const ran: RanCommand[] = [];
    const registry = new PluginRegistry(builtIn.map((one) => fakePlugin(one, (call) => ran.push(call))));
    const open = await ServiceRouter.openMethods(registry);
    const engine = new TestedPlugin(plugin, registry, open, others, ran);
    await checkAllFlags(engine.#registry, plugin.id);
    return engine;
  }

  /** A double, or a given value, that the test may look at and change. */
  async double<T>(token: Token<T>): Promise<T> {
    await this.#host.ensure([token]);
    return this.#host.resolve(token);
  }

  async docker(words: readonly string[]): Promise<Answer> {
    const client = new MemoryClient();
    const call = new LocalCall(this.#registry, this.#host, {
      daemon: true,
      onBug: (stack) => client.stderr.write(stack),
    });
    const outcome = await call.handle(words, client);
    return client.answer(outcome, outcome.failure ? failureText(outcome.failure, 'Error response from daemon: ') : '');
  }

  async around(
    name: string,
    options: OptionValues,
    args: readonly string[],
  ): Promise<RanCommand & { exitCode: number }> {
    const entry = this.#commandOf(name);
    const command = new (await entry.load())() as object;
    const { metadata } = await entry.describe();
    let last: OptionValues = { ...command, ...options };
    const exitCode = await callAround({
      extensions: this.#registry.extensionsOf(entry),
      scope: { effects: metadata.effects, recorder: undefined },
      explanation: undefined,
      call: { command: name, args, options: last, dryRun: false },
      ownOf: ({ extension }) =>
        Object.fromEntries(
          Object.entries(options).filter(([key]) => extension.options.some((own) => own.property === key)),
        ),
      checkChanges: () => {},
      command: async (changes) => {
        last = { ...last, ...changes };
        return 0;
      },
      warn: (message) => {
        throw new Error(message);
      },
    });
    return { command: name, args, options: last, exitCode };
  }

  async event(action: string, detail: Partial<PluginEvent>): Promise<void> {
    if (!this.#builtIns.events.includes(action)) throw new GantryError('invalid', `there is no event '${action}'`);
    const [type = '', verb = ''] = action.includes(' ') ? action.split(' ') : ['container', action];
    const event = {
      ...{ id: this.#nextEvent++, time: Date.now(), type, action: verb, actor: '', attributes: {} },
      ...detail,
    };
    const { handlers } = this.#instance.manifest;
    const called = handlers.filter((handler) => handler.action === action || handler.action === verb);
    await Promise.all(called.map(({ name }) => this.#instance.handle(name, [structuredClone(event)], 0)));
  }

  async column(command: string, header: string, rows: readonly unknown[]): Promise<readonly string[]> {
    const { columns } = this.#instance.manifest;
    const column = columns.find((one) => one.command === command && one.header === header);
    if (!column) throw new GantryError('not found', `the plugin has no column '${header}' of '${command}'`);
    return (await this.#instance.handle(column.name, [rows], 0)) as readonly string[];
  }

  async filter(command: string, name: string, value: string, rows: readonly unknown[]): Promise<readonly boolean[]> {
    const filter = this.#instance.manifest.filters.find((one) => one.command === command && one.filter === name);
    if (!filter) throw new GantryError('not found', `the plugin has no filter '${name}' of '${command}'`);
    return (await this.#instance.handle(filter.name, [value, rows], 0)) as readonly boolean[];
  }

  /** A service that the plugin offers, as other plugins would see it. */
  offered<T>({ label }: Token<T>): T {
    const call = (_: object, method: string | symbol): unknown =>
      method === 'then' ? undefined : (...args: unknown[]) => this.#instance.service(label, String(method), args, 0);
    return new Proxy({}, { get: call }) as T;
  }

  #code(): PluginCode {
    return {
      run: (command, options, context, scope) =>
        this.#scoped(scope, (id) => this.#instance.run(command, options, context, id)),
      around: (extension, own, call, next, scope) =>
        this.#scoped(scope, (id) => this.#instance.around(extension, own, structuredClone(call), next, id)),
    };
  }

  async #scoped<T>(scope: CallScope, work: (id: Scope) => Promise<T>): Promise<T> {
    const id = this.#nextScope++;
    this.#scopes.set(id, scope);
    try {
      return await work(id);
    } finally {
      this.#scopes.delete(id);
    }
  }

  async #service(
    others: OtherServices,
    scope: Scope,
    label: string,
    method: string,
    args: readonly unknown[],
  ): Promise<unknown> {
    const plain = structuredClone(args);
    const other = others[label] as Methods | undefined;
    if (other) return structuredClone(await other[method]?.(...plain));
    const { id, rights } = this.#instance.manifest;
    const params = { scope, label, method, args: plain };
    return structuredClone(await this.#router.call({ id, rights }, params, this.#scopes.get(scope)));
  }

  #commandOf(name: string): CommandEntry {
    const target = this.#registry.resolve(name.split(' '));
    if (target.kind === 'command') return target.entry;
    throw new GantryError('not found', `there is no command '${name}'`);
  }
}
