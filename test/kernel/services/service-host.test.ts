import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { container } from 'tsyringe';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import {
  type PluginDefinition,
  provide,
  type Service,
  type ServiceClass,
} from '../../../src/kernel/contracts/plugin-definition.js';
import { type Token, token } from '../../../src/kernel/contracts/token.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';

const Config = token<{ root: string }>('Config');
const Base = token<object>('Base');
const Left = token<object>('Left');
const Right = token<object>('Right');
const Top = token<object>('Top');

/** Services that write down what happens to them: Top needs Left and Right, which need Base. */
function diamond(log: string[]) {
  class Recorder implements Service {
    async onStart(): Promise<void> {
      log.push(`${this.constructor.name} starts`);
      await sleep(1);
      log.push(`${this.constructor.name} runs`);
    }
    async onStop(): Promise<void> {
      log.push(`${this.constructor.name} stops`);
    }
  }
  class BaseService extends Recorder {
    constructor(@Config readonly config: { root: string }) {
      super();
    }
  }
  class LeftService extends Recorder {
    constructor(@Base readonly base: BaseService) {
      super();
    }
  }
  class RightService extends Recorder {
    constructor(@Base readonly base: BaseService) {
      super();
    }
  }
  class TopService extends Recorder {
    constructor(
      @Left readonly left: LeftService,
      @Config readonly config: { root: string },
      @Right readonly right: RightService,
    ) {
      super();
    }
  }
  const load = <T extends ServiceClass<object>>(service: T) => {
    return async () => {
      log.push(`${service.name} imported`);
      return service;
    };
  };
  const bottom: PluginDefinition = {
    id: 'bottom',
    api: 1,
    provides: [provide(Base, load(BaseService)), provide(Left, load(LeftService)), provide(Right, load(RightService))],
  };
  const top: PluginDefinition = {
    id: 'top',
    api: 1,
    provides: [provide(Top, load(TopService))],
    requires: [Left, Right],
  };
  const host = new ServiceHost(new PluginRegistry([top, bottom], [Config])).value(Config, { root: '/r' });
  return { host, top, bottom, TopService };
}

function hostOf(provides: [Token<object>, ServiceClass<object>][]): ServiceHost {
  const plugin: PluginDefinition = {
    id: 'p',
    api: 1,
    provides: provides.map(([wanted, service]) => provide(wanted, async () => service)),
  };
  return new ServiceHost(new PluginRegistry([plugin]));
}

test('needs start first, what is independent together, each once, and all stop in reverse', async (t) => {
  const log: string[] = [];
  const { host, TopService } = diamond(log);
  await Promise.all([host.ensure([Top, Left]), host.ensure([Right]), host.ensure([Top])]);
  await host.ensure([Top]);
  const running = log.filter((line) => !line.endsWith('imported'));
  t.is(new Set(running).size, running.length);
  t.deepEqual(running.slice(0, 2), ['BaseService starts', 'BaseService runs']);
  t.deepEqual(running.slice(2, 4).toSorted(), ['LeftService starts', 'RightService starts']);
  t.deepEqual(running.slice(6), ['TopService starts', 'TopService runs']);

  const top = host.resolve(Top) as InstanceType<typeof TopService>;
  t.is(top.left.base, top.right.base);
  t.is<object, object>(top.left, host.resolve(Left));
  t.is(top.config, host.resolve(Config));

  const started = running.filter((line) => line.endsWith('runs')).map((line) => line.split(' ')[0]);
  log.length = 0;
  await Promise.all([host.stop(), host.stop()]);
  t.deepEqual(
    log,
    started.toReversed().map((name) => `${name} stops`),
  );
});

test('only what is asked for is imported and started', async (t) => {
  const log: string[] = [];
  const { host } = diamond(log);
  t.deepEqual(log, []);
  await host.ensure([Config]);
  t.deepEqual(log, []);
  await host.ensure([Left]);
  t.deepEqual(
    log.filter((line) => !line.startsWith('BaseService')),
    ['LeftService imported', 'LeftService starts', 'LeftService runs'],
  );
  t.throws(() => host.resolve(Right), { message: "the service 'Right' is not running" });
});

test('a failed start keeps its class and cause, leaves nothing, and is tried anew', async (t) => {
  class DiskFull extends GantryError {}
  const cause = new Error('ENOSPC');
  let tries = 0;
  let stops = 0;
  class Flaky implements Service {
    readonly number = ++tries;
    async onStart(): Promise<void> {
      await sleep(1);
      if (this.number === 1) throw new DiskFull('unavailable', 'the disk is full', { cause });
    }
    async onStop(): Promise<void> {
      stops++;
    }
  }
  class Dependent {
    constructor(@Base readonly base: Flaky) {}
  }
  const host = hostOf([
    [Base, Flaky],
    [Top, Dependent],
  ]);
  const [first, second] = await Promise.allSettled([host.ensure([Top]), host.ensure([Base])]);
  for (const result of [first, second]) {
    if (result.status !== 'rejected') return t.fail();
    t.true(result.reason instanceof DiskFull);
    t.is(result.reason.cause, cause);
  }
  t.is(tries, 1);
  t.throws(() => host.resolve(Base));

  await host.ensure([Top]);
  t.is(tries, 2);
  t.is((host.resolve(Top) as Dependent).base.number, 2);
  await host.stop();
  t.is(stops, 1);
});

test("a constructor's error reaches the caller as it is", async (t) => {
  const thrown = new RangeError('bad');
  class Throws implements Service {
    constructor() {
      throw thrown;
    }
  }
  t.is(await t.throwsAsync(hostOf([[Base, Throws]]).ensure([Base])), thrown);
});

test('a module that cannot be imported fails the call, and the next call tries again', async (t) => {
  let tries = 0;
  class Works {}
  const load = async (): Promise<ServiceClass<object>> => {
    if (++tries === 1) throw new SyntaxError('unexpected token');
    return Works;
  };
  const host = new ServiceHost(new PluginRegistry([{ id: 'p', api: 1, provides: [provide(Base, load)] }]));
  await t.throwsAsync(host.ensure([Base]), { instanceOf: SyntaxError });
  await host.ensure([Base]);
  t.true(host.resolve(Base) instanceof Works);
});

test('a circle is refused before anything starts, naming services and plugins', async (t) => {
  let started = 0;
  class A implements Service {
    constructor(@Right readonly right: object) {}
    async onStart(): Promise<void> {
      started++;
    }
  }
  class B extends A {
    constructor(@Left left: object) {
      super(left);
    }
  }
  const one: PluginDefinition = { id: 'one', api: 1, provides: [provide(Left, async () => A)], requires: [Right] };
  const two: PluginDefinition = { id: 'two', api: 1, provides: [provide(Right, async () => B)], requires: [Left] };
  const host = new ServiceHost(new PluginRegistry([one, two]));
  const results = await Promise.allSettled([host.ensure([Left]), host.ensure([Right])]);
  const messages = results.map((result) => (result.status === 'rejected' ? result.reason.message : 'started'));
  t.deepEqual(messages, [
    'circular dependency of services: Left (one) -> Right (two) -> Left (one)',
    'circular dependency of services: Right (two) -> Left (one) -> Right (two)',
  ]);
  t.is(started, 0);
});

test('a service that nobody provides is refused', async (t) => {
  await t.throwsAsync(hostOf([]).ensure([Base]), { message: "no plugin provides the service 'Base'" });
});

test('every host has its own services, and the global container stays empty', async (t) => {
  class Mine {}
  const [one, two] = [hostOf([[Base, Mine]]), hostOf([[Base, Mine]])];
  await Promise.all([one.ensure([Base]), two.ensure([Base])]);
  t.not(one.resolve(Base), two.resolve(Base));
  t.false(container.isRegistered(Base.symbol));
});

test('a value must be among the given tokens', (t) => {
  t.throws(() => hostOf([]).value(Config, { root: '/' }), { message: /'Config' is not among/ });
});

test('every call gets a command of its own, with the running services', async (t) => {
  const { host, top } = diamond([]);
  class Show {
    constructor(
      @Left readonly left: object,
      @Config readonly config: object,
    ) {}
    async run(): Promise<void> {}
  }
  const first = (await host.command(Show, top)) as Show;
  const second = (await host.command(Show, top)) as Show;
  t.not(first, second);
  t.is(first.left, second.left);
  t.is(first.left, host.resolve(Left));
  t.is(first.config, host.resolve(Config));
});

test('a class without a constructor of its own gets the services of its parent', async (t) => {
  const { host, top } = diamond([]);
  class Parent {
    constructor(@Left readonly left: object) {}
    async run(): Promise<void> {}
  }
  class Child extends Parent {}
  const child = (await host.command(Child, top)) as Child;
  t.is(child.left, host.resolve(Left));
});

test('a class may ask for what its plugin lists only', async (t) => {
  const { host, top } = diamond([]);
  class Sneaky {
    constructor(@Base readonly base: object) {}
    async run(): Promise<void> {}
  }
  await t.throwsAsync(host.command(Sneaky, top), {
    message: "Sneaky asks for 'Base', which plugin 'top' does not list in requires",
  });
});

test('a constructor parameter without a token is a bug, named', async (t) => {
  const { host, top } = diamond([]);
  class Forgot {
    constructor(
      @Left readonly left: object,
      readonly right: object,
    ) {}
    async run(): Promise<void> {}
  }
  await t.throwsAsync(host.command(Forgot, top), {
    message: 'parameter 2 of the constructor of Forgot (top) has no token',
  });
});

test('stopping waits for a start under way, and nothing starts after it', async (t) => {
  const log: string[] = [];
  const { host } = diamond(log);
  const starting = host.ensure([Top]);
  while (!log.includes('BaseService starts')) await sleep(0);
  const stopping = host.stop();
  await t.throwsAsync(starting, { instanceOf: GantryError, message: 'the engine is stopping' });
  await stopping;
  t.deepEqual(
    log.filter((line) => !line.endsWith('imported')),
    ['BaseService starts', 'BaseService runs', 'BaseService stops'],
  );
  await t.throwsAsync(host.ensure([Base]), { message: 'the engine is stopping' });
});

test('a service that fails to stop keeps no other from stopping', async (t) => {
  let stopped = false;
  class Good implements Service {
    async onStop(): Promise<void> {
      stopped = true;
    }
  }
  class Bad implements Service {
    constructor(@Base readonly base: object) {}
    onStop(): Promise<void> {
      throw new Error('no');
    }
  }
  const host = hostOf([
    [Base, Good],
    [Top, Bad],
  ]);
  await host.ensure([Top]);
  const error = await t.throwsAsync(host.stop(), { instanceOf: AggregateError });
  t.deepEqual(error?.errors.map(String), ['Error: no']);
  t.true(stopped);
});
