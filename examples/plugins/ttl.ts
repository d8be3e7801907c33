import { setTimeout as sleep } from 'node:timers/promises';
import * as gantry from 'gantry';
import { Command, Containers, Extends, GantryError, humanDuration, milliseconds, On, Option, plugin } from 'gantry';

const FLAG = { type: 'string', value: 'duration' } as const;

/** `docker run --ttl 10m ...`: notes the time to live in a label. */
@Extends('run')
class TtlFlag {
  @Option('--ttl', 'Remove the container so long after its start (90s, 10m, 1h30m)', FLAG)
  ttl = '';

  around({ options }: gantry.ExtendedCall, next: gantry.Next): Promise<number> {
    if (!this.ttl) return next();
    if (!milliseconds(this.ttl)) throw new GantryError('usage', `invalid argument "${this.ttl}" for "--ttl" flag`);
    return next({ label: [...(options['label'] as string[]), `ttl=${this.ttl}`] });
  }
}

/** Durable: after a crash of the daemon the event comes again, and what is left of the time is waited for. */
class Reaper {
  constructor(@Containers private readonly containers: Containers) {}

  @On('container start')
  async expire({ actor, time, attributes }: gantry.PluginEvent): Promise<void> {
    const life = milliseconds(attributes['ttl'] ?? '');
    if (life === undefined) return;
    await sleep(Math.max(0, time + life - Date.now()));
    const found = (await this.containers.list({ all: true })).find(({ id }) => id === actor);
    if (found && (found.startedAt ?? 0) <= time + 1000) await this.containers.remove(actor, { force: true });
  }
}

@Command({ name: 'ttl', summary: 'List containers that have a time to live', args: { min: 0, max: 0 } })
class Ttl {
  constructor(@Containers private readonly containers: Containers) {}

  async run({ stdout }: gantry.CommandContext): Promise<void> {
    const rows = (await this.containers.list()).flatMap(({ name, labels: { ttl }, startedAt = 0 }) => {
      const life = milliseconds(ttl ?? '');
      return ttl && life ? [[name, ttl, humanDuration(startedAt + life - Date.now())]] : [];
    });
    stdout.write(gantry.table(['NAME', 'TTL', 'LEFT'], rows));
  }
}

export default plugin({
  id: 'ttl',
  api: 1,
  summary: 'Containers with a time to live',
  rights: ['Containers.read', 'Containers.destroy'],
  commands: [Ttl],
  extensions: [TtlFlag],
  handlers: [Reaper],
});
