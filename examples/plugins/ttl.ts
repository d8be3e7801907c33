import { setTimeout as sleep } from 'node:timers/promises';
import {
  Command,
  type CommandContext,
  Containers,
  type ExtendedCall,
  Extends,
  GantryError,
  humanDuration,
  milliseconds,
  type Next,
  On,
  Option,
  type PluginEvent,
  plugin,
  table,
} from 'gantry';

const LABEL = 'ttl';

/** `docker run --ttl 10m ...`: notes the time to live in a label. */
@Extends('run')
class TtlFlag {
  @Option('--ttl', 'Remove the container so long after its start (90s, 10m, 1h30m)', {
    type: 'string',
    value: 'duration',
  })
  ttl = '';

  around({ options }: ExtendedCall, next: Next): Promise<number> {
    if (!this.ttl) return next();
    if (!milliseconds(this.ttl)) throw new GantryError('usage', `invalid argument "${this.ttl}" for "--ttl" flag`);
    return next({ label: [...(options['label'] as string[]), `${LABEL}=${this.ttl}`] });
  }
}

/** Durable: after a crash of the daemon the event comes again, and what is left of the time is waited for. */
class Reaper {
  constructor(@Containers private readonly containers: Containers) {}

  @On('container start')
  async expire({ actor, time, attributes }: PluginEvent): Promise<void> {
    const life = milliseconds(attributes[LABEL] ?? '');
    if (life === undefined) return;
    await sleep(Math.max(0, time + life - Date.now()));
    const [found] = (await this.containers.list({ all: true })).filter(({ id }) => id === actor);
    if (found && (found.startedAt ?? 0) <= time + 1000) await this.containers.remove(actor, { force: true });
  }
}

@Command({
  name: 'ttl',
  summary: 'List containers that have a time to live',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
class Ttl {
  constructor(@Containers private readonly containers: Containers) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const mortal = (await this.containers.list()).filter(({ labels }) => labels[LABEL]);
    const left = ({ startedAt = 0, labels }: (typeof mortal)[number]): string =>
      humanDuration(startedAt + (milliseconds(labels[LABEL] ?? '') ?? 0) - Date.now());
    stdout.write(
      table(
        ['NAME', 'TTL', 'LEFT'],
        mortal.map((one) => [one.name, one.labels[LABEL] ?? '', left(one)]),
      ),
    );
  }
}

export default plugin({
  id: 'ttl',
  api: 1,
  rights: ['Containers.read', 'Containers.destroy'],
  commands: [Ttl],
  extensions: [TtlFlag],
  handlers: [Reaper],
});
