import test from 'ava';
import { callAround } from '../../../src/kernel/calls/around-call.js';
import { GantryError, PluginFailure } from '../../../src/kernel/contracts/errors.js';
import type { ExtendedCall, ExtensionDefinition, Next, OptionValues } from '../../../src/kernel/contracts/extension.js';
import { scopeOf } from '../../../src/kernel/dry-run/call-scope.js';
import { Explanation } from '../../../src/kernel/dry-run/explanation.js';
import type { CommandEntry } from '../../../src/kernel/registry/plugin-registry.js';

type Around = (own: OptionValues, call: ExtendedCall, next: Next) => Promise<number>;

interface Given {
  readonly around: Around | undefined;
  readonly onFailure?: 'skip' | 'refuse';
}

const scope = { effects: ['read' as const], recorder: undefined };

/** Runs a chain of plugins 'p0', 'p1', ... and tells what happened. */
function chain(given: readonly Given[], command: (changes: OptionValues) => Promise<number> = async () => 0) {
  const warnings: string[] = [];
  const notes: string[] = [];
  const entry = { plugin: { id: 'engine', api: 1 } } as unknown as CommandEntry;
  const explanation = new Explanation('run', entry, { effects: ['read'] } as never);
  explanation.note = (plugin, mustAgree, verdict) => void notes.push(`${plugin}${mustAgree ? '!' : ''} ${verdict}`);
  const extensions = given.map(({ around, onFailure = 'skip' }, index) => {
    const extension = {
      name: 'E',
      command: 'run',
      options: [],
      onFailure,
      ...(around && { around }),
    } as ExtensionDefinition;
    return { extension, plugin: { id: `p${index}`, api: 1 as const } };
  });
  const result = callAround({
    extensions,
    scope,
    explanation,
    call: { command: 'run', args: ['busybox'], options: { detach: false, label: [] }, dryRun: false },
    ownOf: ({ plugin }) => ({ own: plugin.id }),
    checkChanges: (changes) => {
      if ('wrong' in changes) throw new GantryError('invalid', 'no such option');
    },
    command,
    warn: (message) => void warnings.push(message),
  });
  return { result, warnings, notes };
}

const through: Around = (_own, _call, next) => next();

test('the first is outermost; each sees the changes of those before, and the command all of them', async (t) => {
  const order: string[] = [];
  const passing =
    (name: string, changes: OptionValues): Around =>
    async (own, call, next) => {
      order.push(`${name} ${JSON.stringify(own)} ${JSON.stringify(call.options)}`);
      t.is(scopeOf(call), scope);
      const exitCode = await next(changes);
      order.push(`${name} after`);
      return exitCode;
    };
  const { result } = chain(
    [{ around: passing('a', { detach: true }) }, { around: undefined }, { around: passing('b', { label: ['x'] }) }],
    async (changes) => {
      order.push(`command ${JSON.stringify(changes)}`);
      return 3;
    },
  );
  t.is(await result, 3);
  t.deepEqual(order, [
    'a {"own":"p0"} {"detach":false,"label":[]}',
    'b {"own":"p2"} {"detach":true,"label":[]}',
    'command {"detach":true,"label":["x"]}',
    'b after',
    'a after',
  ]);
});

test('a veto names the plugin, and nothing behind it runs', async (t) => {
  const veto: Around = async () => {
    throw new GantryError('denied', 'not here', { hint: 'Go there' });
  };
  const { result, notes } = chain(
    [{ around: through }, { around: veto, onFailure: 'refuse' }, { around: through, onFailure: 'refuse' }],
    async () => t.fail() as never,
  );
  t.like(await t.throwsAsync(result), {
    kind: 'denied',
    message: "refused by plugin 'p1': not here",
    hint: 'Go there',
  });
  t.deepEqual(
    notes,
    ['p0 goes on', 'p1! refuses: not here', "p0 refuses: refused by plugin 'p1': not here"].slice(0, 2),
  );
});

test('one that must agree sees what others have changed, wherever it stands among them', async (t) => {
  const seen: unknown[] = [];
  const looks: Around = (_own, call, next) => {
    seen.push(call.options['detach']);
    return next();
  };
  const changes: Around = (_own, _call, next) => next({ detach: true });
  t.is(await chain([{ around: looks, onFailure: 'refuse' }, { around: changes }]).result, 0);
  t.deepEqual(seen, [true]);
  const { result } = chain([
    { around: looks, onFailure: 'refuse' },
    { around: changes, onFailure: 'refuse' },
  ]);
  await t.throwsAsync(result, { message: /'p1' changes 'docker run' after plugin 'p0' has agreed/ });
});

const failing: Around = async () => {
  throw new PluginFailure('p0', 'died');
};

test('one that cannot answer is left out with a warning', async (t) => {
  const { result, warnings, notes } = chain([{ around: failing }], async () => 4);
  t.is(await result, 4);
  t.deepEqual(warnings, ["plugin 'p0' died; going on without it"]);
  t.deepEqual(notes, ["p0 cannot answer: plugin 'p0' died", 'p0 goes on']);
});

test('one that must agree and cannot answer refuses', async (t) => {
  const { result } = chain([{ around: failing, onFailure: 'refuse' }], async () => t.fail() as never);
  t.like(await t.throwsAsync(result), {
    kind: 'unavailable',
    message: "plugin 'p0' must agree to 'docker run', and cannot answer: plugin 'p0' died",
  });
});

test('one that fails after the command has run takes nothing back, whatever it says of failures', async (t) => {
  for (const onFailure of ['skip', 'refuse'] as const) {
    const late: Around = async (_own, _call, next) => {
      await next();
      throw new PluginFailure('p0', 'died');
    };
    const { result, warnings } = chain([{ around: late, onFailure }], async () => 5);
    t.is(await result, 5);
    t.deepEqual(warnings, ["plugin 'p0' died"]);
  }
});

test("what the command throws is the user's to see as it is", async (t) => {
  const error = new GantryError('not found', 'No such image');
  const rewrapping: Around = (_own, _call, next) =>
    next().catch((cause: Error) => {
      throw new Error(`copy of ${cause.message}`);
    });
  const { result, warnings } = chain([{ around: rewrapping }], () => Promise.reject(error));
  t.is(await t.throwsAsync(result), error);
  t.deepEqual(warnings, []);
});

test('the command runs once, however often it is asked for, and is waited for', async (t) => {
  let runs = 0;
  let over = false;
  const careless: Around = async (_own, _call, next) => {
    void next();
    void next({ detach: true });
    return 6;
  };
  const { result } = chain([{ around: careless }], async () => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    over = true;
    return 0;
  });
  t.is(await result, 6);
  t.is(runs, 1);
  t.true(over);
});

test('one that does not go on answers in its place, and is named', async (t) => {
  const { result, notes } = chain([{ around: async () => 7 }], async () => t.fail() as never);
  t.is(await result, 7);
  t.deepEqual(notes, ['p0 answers in its place, with exit code 7']);
});

test('changes that the command has no option for are refused', async (t) => {
  const { result } = chain(
    [{ around: async (_own, _call, next) => next({ wrong: 1 }) }],
    async () => t.fail() as never,
  );
  t.like(await t.throwsAsync(result), { kind: 'invalid', message: 'no such option' });
});
