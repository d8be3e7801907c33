import test from 'ava';
import { checkManifest } from '../../../../src/kernel/third-party/process/check-manifest.js';
import { manifestOf } from '../manifest.js';

const metadata = { name: 'x', summary: 'X', group: 'Commands', usage: '', args: { min: 0 }, effects: ['read'] };
const option = { property: 'a', flags: '-a, --all', description: 'All', type: 'boolean' };

test('what is right passes, as a copy', (t) => {
  const manifest = manifestOf({
    rights: ['Containers.read', 'Host.all', 'Transport.listen'],
    commands: [{ metadata, options: [option] }] as never,
    services: [{ label: 'Weather', effects: { today: 'read' } }],
  });
  const checked = checkManifest(manifest);
  t.deepEqual(checked, manifest);
  t.not(checked, manifest);
});

const hostile: readonly [what: string, manifest: unknown, message: RegExp][] = [
  ['nothing', undefined, /the plugin's id must be lower case letters/],
  ['an id that breaks lines', manifestOf({ id: 'a\nb' }), /the plugin's id/],
  ['an id that is a path', manifestOf({ id: '../x' }), /the plugin's id/],
  ['an api that is none', manifestOf({ api: '1' as never }), /the plugin's api must be a whole number/],
  ['a right that is none', manifestOf({ rights: ['Containers.fly'] }), /the plugin's rights/],
  ['a right to everything', manifestOf({ rights: ['*'] }), /the plugin's rights/],
  ['no list', manifestOf({ replaces: { length: 1 } as never }), /the plugin's replaces/],
  [
    'a command without effects',
    manifestOf({ commands: [{ metadata: { ...metadata, effects: ['fly'] }, options: [] }] as never }),
    /the plugin's commands/,
  ],
  [
    'arguments without a number',
    manifestOf({ commands: [{ metadata: { ...metadata, args: { min: '0' } }, options: [] }] as never }),
    /the plugin's commands/,
  ],
  [
    'an option of no type',
    manifestOf({ commands: [{ metadata, options: [{ ...option, type: 'function' }] }] as never }),
    /the plugin's commands/,
  ],
  [
    'a flag that is none',
    manifestOf({ commands: [{ metadata, options: [{ ...option, flags: 'all' }] }] as never }),
    /illegal flag/,
  ],
  [
    'two options with one flag',
    manifestOf({ commands: [{ metadata, options: [option, { ...option, property: 'b' }] }] as never }),
    /'-a, --all' and '-a, --all'/,
  ],
  [
    'a way to fail that is none',
    manifestOf({ extensions: [{ name: 'A', command: 'run', options: [], around: true, onFailure: 'crash' as never }] }),
    /the plugin's extensions/,
  ],
  ['a handler of no class', manifestOf({ handlers: [{ name: 'died', action: 'die' }] }), /the plugin's handlers/],
  [
    "a service called a word of JavaScript's",
    manifestOf({ services: [{ label: 'class', effects: {} }] }),
    /the plugin's services/,
  ],
  [
    'a service that would end the module',
    manifestOf({ services: [{ label: 'A = 1; export const B', effects: {} }] }),
    /the plugin's services/,
  ],
  [
    'a method with no effect',
    manifestOf({ services: [{ label: 'A', effects: { x: 'fly' as never } }] }),
    /the plugin's services/,
  ],
  ['a scheme that is none', manifestOf({ transports: ['a://b'] }), /the plugin's transports/],
  ['far too much', manifestOf({ summary: 'x'.repeat(300_000) }), /the plugin describes too much/],
];
for (const [what, manifest, message] of hostile) {
  test(`refused: ${what}`, (t) => {
    t.like(
      t.throws(() => checkManifest(manifest), { message }),
      { kind: 'invalid' },
    );
  });
}
