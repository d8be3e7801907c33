import {
  Command,
  type CommandContext,
  type CommandHandler,
  type Filters,
  meets,
  meetsLabels,
  Option,
  parseFilters,
  parseTimeFlag,
  write,
} from '../../../kernel/index.js';
import { type EngineEvent, Events } from '../contracts/index.js';
import { eventLine } from '../views/index.js';

const FILTERS = ['container', 'event', 'image', 'label', 'network', 'scope', 'type', 'volume'];
const BATCH = 500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

@Command({
  name: 'events',
  summary: 'Get real time events from the engine',
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [
    ['docker events -f event=die', 'Print each end of a container as it happens'],
    ['docker events --since 10m --until 0s', 'Print what happened in the last ten minutes'],
  ],
  effects: ['read'],
})
export class EventsCommand implements CommandHandler {
  @Option('-f, --filter', 'Filter output based on conditions provided', { type: 'list', value: 'filter' })
  filter: string[] = [];

  @Option('--format', "Format output: 'json' prints a JSON object a line; or a Go template", { type: 'string' })
  format = '';

  @Option('--since', 'Show all events created since timestamp', { type: 'string' })
  since = '';

  @Option('--until', 'Stream events until this timestamp', { type: 'string' })
  until = '';

  constructor(@Events private readonly events: Events) {}

  async run(context: CommandContext): Promise<void> {
    const { stdout, gone, terminal } = context;
    const line = eventLine(this.format, terminal.stdout);
    const filters = parseFilters(this.filter, FILTERS);
    const since = this.since ? parseTimeFlag(this.since, '--since', context) : undefined;
    const until = this.until ? parseTimeFlag(this.until, '--until', context) : Number.POSITIVE_INFINITY;
    let last = since === undefined ? this.events.newest() : 0;

    using news = new EventBell(this.events, gone, until);
    for (;;) {
      gone.throwIfAborted();
      const batch = this.events.after(last, BATCH);
      last = batch.at(-1)?.id ?? last;
      const wanted = batch.filter(({ time }) => time >= (since ?? 0) && time <= until);
      const lines = wanted.filter((event) => matches(event, filters)).map(line);
      if (lines.length > 0) await write(stdout, lines.join(''));
      if (batch.length > 0) continue;
      if (Date.now() >= until) return;
      await news.next();
    }
  }
}

/**
 * Wakes the stream when there may be something to do: new events, the end of the requested time, a client that has
 * gone.
 */
class EventBell implements Disposable {
  readonly #stop: () => void;
  #ring = (): void => {};

  constructor(
    events: Events,
    private readonly gone: AbortSignal,
    private readonly until: number,
  ) {
    this.#stop = events.onAppended(() => this.#ring());
    gone.addEventListener('abort', () => this.#ring(), { once: true });
  }

  async next(): Promise<void> {
    if (this.gone.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#ring = resolve;
      if (this.until !== Number.POSITIVE_INFINITY)
        timer = setTimeout(resolve, Math.min(this.until - Date.now(), LONGEST_TIMER_MS));
    });
    clearTimeout(timer);
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

function matches({ type, action, actor, attributes }: EngineEvent, filters: Filters): boolean {
  const named = (value: string): boolean => actor.startsWith(value) || attributes['name'] === value;
  const ofType = (wanted: EngineEvent['type']) => (value: string) => type === wanted && value !== '' && named(value);
  return (
    meets(filters, 'type', (value) => value === type) &&
    // `health_status: healthy`, `exec_start: ls`: the word in front is enough.
    meets(filters, 'event', (value) => value === action || action.startsWith(`${value}: `)) &&
    meets(filters, 'network', ofType('network')) &&
    meets(filters, 'scope', (value) => value === 'local') &&
    meets(filters, 'container', ofType('container')) &&
    meets(filters, 'volume', ofType('volume')) &&
    meets(filters, 'image', (value) => isOfImage({ type, actor, attributes }, value)) &&
    meetsLabels(filters, attributes)
  );
}

/** Events of a container match its image, too. A name without a tag matches each of its tags. */
function isOfImage({ type, actor, attributes }: Pick<EngineEvent, 'type' | 'actor' | 'attributes'>, value: string) {
  const name = (type === 'image' ? attributes['name'] : attributes['image']) ?? '';
  if (name === value || name.replace(/:[^/:]*$/, '') === value) return true;
  return type === 'image' && value !== '' && (actor.startsWith(value) || actor.startsWith(`sha256:${value}`));
}
