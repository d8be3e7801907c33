import type { ExecutionContext, TestFn } from 'ava';
import type { Containers, CreateOptions } from '../../src/plugins/container/index.js';
import type { ContainersApi } from '../../src/plugins/container/services/containers-api.js';
import { CONTAINERS_DRY_RUN } from '../../src/plugins/container/services/containers-dry-run.js';

/** A program that ends only when it is killed. */
const SLEEP = { image: 'busybox', command: ['sleep', '1000'] };

type Refused = (containers: Containers) => Promise<unknown>;

const WRONG_ARGUMENTS: readonly (readonly [message: string, call: Refused])[] = [
  ["'reference' must be a string", (c) => c.get(1 as unknown as string)],
  ["'reference' must be a string", (c) => c.remove(undefined as unknown as string)],
  ["'options' must be an object", (c) => c.list(null as unknown as object)],
  ["'options.all' must be true or false", (c) => c.list({ all: 'yes' as unknown as boolean })],
  ["there is no 'options.everything'", (c) => c.list({ everything: true } as object)],
  ["'options.tail' must not be negative", (c) => c.logs('box', { tail: -1 })],
  ["'options.tail' must be a whole number", (c) => c.logs('box', { tail: 1.5 })],
  ["'options.limit' must be 1 to 16777216 bytes", (c) => c.logs('box', { limit: 0 })],
  ["'options.image' must be a string", (c) => c.create({} as CreateOptions)],
  ["'options.command' must be a list of strings", (c) => c.create({ image: 'busybox', command: 'ls' as never })],
  ["'options.labels' must be an object of strings", (c) => c.create({ ...SLEEP, labels: { a: 1 } as never })],
  ["there is no 'options.privileged'", (c) => c.create({ ...SLEEP, privileged: true } as CreateOptions)],
  ["'options.volumes' must not hold the host's /etc", (c) => c.create({ ...SLEEP, volumes: ['/etc:/data'] })],
  ['Minimum memory limit allowed is 6MB', (c) => c.create({ ...SLEEP, memory: 1 })],
  ["'options.labels' has the name ''", (c) => c.create({ ...SLEEP, labels: { '': 'x' } })],
  ["'options.env' has the name 'A=B'", (c) => c.create({ ...SLEEP, env: { 'A=B': 'x' } })],
  ["'seconds' must be a whole number", (c) => c.stop('box', '1' as unknown as number)],
  ['invalid time: -2: a number of seconds, or -1 to wait for ever', (c) => c.restart('box', -2)],
  ['Invalid signal: SIGNOTHING', (c) => c.kill('box', 'SIGNOTHING')],
  ["'options.force' must be true or false", (c) => c.remove('box', { force: 1 as unknown as boolean })],
];

/**
 * What every Containers must do, whatever runs them.
 * @param make gives an engine without containers, with an image `busybox`
 */
export function containersContract(test: TestFn, make: (t: ExecutionContext) => Promise<ContainersApi>): void {
  test.serial('contract: a new container is found by name, id and prefix, and does not run', async (t) => {
    const containers = await make(t);
    t.deepEqual(await containers.list({ all: true }), []);
    const before = Date.now();
    const box = await containers.create({
      ...SLEEP,
      name: 'box',
      labels: { tier: 'front' },
      publish: ['127.0.0.1::80'],
      env: { A: '1' },
    });
    t.like(box, { name: 'box', image: 'busybox', status: 'created', pid: 0, exitCode: 0, privileged: false });
    t.like(box, { command: SLEEP.command, labels: { tier: 'front' }, ports: [] });
    t.regex(box.id, /^[0-9a-f]{64}$/);
    t.regex(box.imageId, /^sha256:[0-9a-f]{64}$/);
    t.true(box.created >= before && box.created <= Date.now());
    t.false('startedAt' in box || 'finishedAt' in box || 'address' in box);
    for (const reference of ['box', box.id, box.id.slice(0, 12)]) t.deepEqual(await containers.get(reference), box);
    t.deepEqual(await containers.list(), []);
    const other = await containers.create(SLEEP);
    t.regex(other.name, /^[a-z]+_[a-z]+\d?$/);
    t.deepEqual(await containers.list({ all: true }), [other, box]);
    t.is(await containers.logs('box'), '');
    t.is(await containers.wait('box'), 0);
  });

  test.serial('contract: a container runs from start to stop, and whoever waits hears of its end', async (t) => {
    const containers = await make(t);
    await containers.create({ ...SLEEP, name: 'box', publish: ['127.0.0.1::80'] });
    await containers.start('box');
    const running = await containers.get('box');
    t.like(running, { status: 'running' });
    t.true(running.pid > 1 && (running.startedAt ?? 0) >= running.created);
    t.regex(running.address ?? '', /^\d+\.\d+\.\d+\.\d+$/);
    t.like(running.ports, [{ hostIp: '127.0.0.1', containerPort: 80, protocol: 'tcp' }]);
    t.true((running.ports[0]?.hostPort ?? 0) > 0);
    t.deepEqual(await containers.list(), [running]);
    t.deepEqual(structuredClone(running), running);
    const end = containers.wait('box');
    await containers.stop('box', 0);
    const exitCode = await end;
    t.true(exitCode > 128);
    const stopped = await containers.get('box');
    t.like(stopped, { status: 'exited', exitCode, pid: 0, ports: [] });
    t.true((stopped.finishedAt ?? 0) >= (stopped.startedAt ?? Number.POSITIVE_INFINITY));
    t.is(await containers.wait('box'), exitCode);
    await containers.stop('box');
  });

  test.serial('contract: kill ends it, restart begins anew, force removes it', async (t) => {
    const containers = await make(t);
    await containers.create({ ...SLEEP, name: 'box' });
    await containers.start('box');
    const { pid } = await containers.get('box');
    await containers.restart('box', 0);
    const again = await containers.get('box');
    t.is(again.status, 'running');
    t.not(again.pid, pid);
    await containers.kill('box');
    t.like(await containers.get('box'), { status: 'exited', exitCode: 137 });
    await containers.restart('box');
    await containers.remove('box', { force: true });
    t.deepEqual(await containers.list({ all: true }), []);
  });

  test.serial('contract: autoRemove leaves nothing of a container that has ended', async (t) => {
    const containers = await make(t);
    await containers.create({ ...SLEEP, name: 'box', autoRemove: true });
    await containers.start('box');
    await containers.kill('box');
    t.like(await t.throwsAsync(containers.get('box')), { kind: 'not found', message: 'No such container: box' });
  });

  test.serial('contract: what the state forbids is refused, and a plan refuses alike', async (t) => {
    const containers = await make(t);
    const box = await containers.create({ ...SLEEP, name: 'box' });
    const { create, start, kill, remove, stop } = CONTAINERS_DRY_RUN;
    const plan = (method: typeof create | typeof start, ...args: unknown[]): Promise<unknown> => {
      if (typeof method !== 'object') throw new Error('it has no plan');
      return (method.plan as (...all: unknown[]) => Promise<unknown>)(containers, ...args);
    };
    const refused = async (kind: string, message: string, ...calls: readonly (() => Promise<unknown>)[]) => {
      for (const call of calls) t.like(await t.throwsAsync(call()), { kind, message });
    };
    const taken = { ...SLEEP, name: 'box' };
    await refused(
      'conflict',
      `The container name "/box" is already in use by container "${box.id}"`,
      () => containers.create(taken),
      () => plan(create, taken),
    );
    const unknown = { image: 'nothing' };
    await refused(
      'not found',
      'No such image: nothing:latest',
      () => containers.create(unknown),
      () => plan(create, unknown),
    );
    const elsewhere = { ...SLEEP, network: 'other' };
    await refused(
      'not found',
      'network other not found',
      () => containers.create(elsewhere),
      () => plan(create, elsewhere),
    );
    await refused(
      'conflict',
      `Cannot kill container: box: container ${box.id} is not running`,
      () => containers.kill('box'),
      () => plan(kill as typeof start, 'box'),
    );
    await containers.start('box');
    await refused(
      'conflict',
      'Container box is already running',
      () => containers.start('box'),
      () => plan(start, 'box'),
    );
    await refused(
      'conflict',
      'Cannot remove container "/box": container is running',
      () => containers.remove('box'),
      () => plan(remove as typeof start, 'box'),
    );
    await refused(
      'not found',
      'No such container: nobody',
      () => containers.stop('nobody'),
      () => plan(stop as typeof start, 'nobody'),
    );
    t.is((await containers.get('box')).status, 'running');
  });

  test.serial('contract: a plan says what would be done, and does nothing', async (t) => {
    const containers = await make(t);
    await containers.create({ ...SLEEP, name: 'box' });
    const before = await containers.list({ all: true });
    const { create, start, restart, stop, remove } = CONTAINERS_DRY_RUN;
    const planned: string[] = [];
    for (const [method, ...args] of [
      [create, { ...SLEEP, name: 'new' }],
      [start, 'box'],
      [restart, 'box'],
      [stop, 'box'],
      [remove, 'box'],
    ] as const) {
      if (typeof method !== 'object') throw new Error('it has no plan');
      const { says } = await (method.plan as (...all: unknown[]) => Promise<{ says: string }>)(containers, ...args);
      planned.push(says);
    }
    t.deepEqual(planned, [
      'create container new of busybox',
      'start container box',
      'restart container box',
      'stop container box',
      'remove container box',
    ]);
    t.deepEqual(await containers.list({ all: true }), before);
    t.like(await containers.preview({ ...SLEEP, name: 'new', labels: { a: 'b' } }), {
      name: 'new',
      labels: { a: 'b' },
    });
  });

  test.serial('contract: arguments of wrong types are refused by name', async (t) => {
    const containers = await make(t);
    await containers.create({ ...SLEEP, name: 'box' });
    for (const [message, call] of WRONG_ARGUMENTS) {
      t.like(await t.throwsAsync(call(containers), undefined, message), { kind: 'invalid', message });
    }
    t.is((await containers.list({ all: true })).length, 1);
  });
}
