import test from 'ava';
import {
  type BuiltIns,
  checkAdmission,
  checkFlags,
  missingServices,
  unapproved,
  wantedRights,
} from '../../../../src/kernel/third-party/loader/admission.js';
import type { Manifest } from '../../../../src/kernel/third-party/protocol/manifest.js';
import { manifestOf } from '../manifest.js';

const ground: BuiltIns = {
  ids: ['container'],
  services: ['Containers', 'Database'],
  names: ['Command'],
  open: ['Containers'],
  events: ['die', 'container die'],
  tables: { ps: { columns: ['NAMES'], filters: ['name'] } },
};

const weather = { label: 'Weather', effects: {} };
const column = { name: 'A.b', command: 'ps', header: 'TTL' };
const filter = { name: 'A.b', command: 'ps', filter: 'ttl' };
const other = (more: Partial<Manifest>): { source: string; manifest: Manifest } => ({
  source: '/p/other.ts',
  manifest: manifestOf({ id: 'other', ...more }),
});

test('what clashes with nothing is admitted', (t) => {
  const manifest = manifestOf({
    asks: ['Containers', 'Weather'],
    columns: [column],
    filters: [filter],
    handlers: [{ name: 'A.b', action: 'die' }],
  });
  t.notThrows(() => checkAdmission(manifest, '/p/mine.ts', [other({ services: [weather] })], ground));
});

const refused: readonly [what: string, mine: Partial<Manifest>, theirs: Partial<Manifest>, message: RegExp][] = [
  ["an engine's id", { id: 'container' }, {}, /the id 'container' is a built-in plugin's/],
  ["another's id", {}, { id: 'mine' }, /^\/p\/mine\.ts and \/p\/other\.ts both have the id 'mine'$/],
  [
    "another's service",
    { services: [weather] },
    { services: [weather] },
    /the service 'Weather' of plugin 'mine' is plugin 'other''s already/,
  ],
  [
    "an engine's service",
    { services: [{ label: 'Database', effects: {} }] },
    {},
    /'Database' of plugin 'mine' is the engine's already/,
  ],
  [
    'a service called like an export',
    { services: [{ label: 'Command', effects: {} }] },
    {},
    /'Command' of plugin 'mine' is called what 'gantry' has/,
  ],
  ['a service that nobody offers', { asks: ['Weather'] }, {}, /it asks for 'Weather', which no plugin offers/],
  [
    "an engine's service that is not open",
    { asks: ['Database'] },
    {},
    /it asks for 'Database', which no plugin offers/,
  ],
  [
    "a command's own column",
    { columns: [{ ...column, header: 'NAMES' }] },
    {},
    /the column 'NAMES' of 'ps' is claimed by plugin 'mine' and by 'ps' itself/,
  ],
  [
    "another's column",
    { columns: [column] },
    { columns: [column] },
    /the column 'TTL' of 'ps' is claimed by plugin 'mine' and by plugin 'other'/,
  ],
  [
    "another's filter",
    { filters: [filter] },
    { filters: [filter] },
    /the filter 'ttl' of 'ps' is claimed by plugin 'mine' and by plugin 'other'/,
  ],
  [
    'a table that is none',
    { columns: [{ ...column, command: 'toString' }] },
    {},
    /the command 'toString' has no table for the column 'TTL'/,
  ],
  [
    'an event that is none',
    { handlers: [{ name: 'A.b', action: 'dies' }] },
    {},
    /'A\.b' waits for the event 'dies', which does not exist/,
  ],
  [
    'a circle of services',
    { asks: ['Theirs'], services: [weather] },
    { asks: ['Weather'], services: [{ label: 'Theirs', effects: {} }] },
    /circular dependency of plugins: mine -> other -> mine/,
  ],
];
for (const [what, mine, theirs, message] of refused) {
  test(`refused: ${what}`, (t) => {
    t.throws(() => checkAdmission(manifestOf(mine), '/p/mine.ts', [other(theirs)], ground), { message });
  });
}

test('services that are missing now', (t) => {
  const manifest = manifestOf({ asks: ['Containers', 'Weather', 'Moon'] });
  t.deepEqual(missingServices(manifest, [other({ services: [weather] })], ground), ['Moon']);
});

test('flags that two claim are named with both', (t) => {
  const flag = (flags: string) => ({ property: 'x', flags, description: '', type: 'boolean' as const });
  const owners = [
    { owner: "plugin 'container'", options: [flag('-d, --detach')] },
    { owner: "plugin 'mine'", options: [flag('--ttl'), flag('-d')] },
  ];
  t.throws(() => checkFlags('run', owners), {
    message: "the flag '-d' of 'run' is claimed by plugin 'container' and by plugin 'mine'",
  });
  t.notThrows(() => checkFlags('run', owners.slice(0, 1)));
});

test('standing around calls and listening are wanted beside the declared rights', (t) => {
  const extension = { name: 'A', command: 'run', options: [], onFailure: 'skip' as const };
  const manifest = manifestOf({
    rights: ['Images.read', 'Containers.read', 'Images.read'],
    extensions: [
      { ...extension, around: true },
      { ...extension, command: 'ps', around: false },
    ],
    transports: ['loop'],
    replaces: ['ps'],
  });
  const wanted = ['Containers.read', 'Images.read', 'around:run', 'listen:loop'];
  t.deepEqual(wantedRights(manifest), wanted);
  t.deepEqual(unapproved(manifest, { enabled: true, rights: wanted.slice(1), replaces: [] }), [
    'Containers.read',
    'replace:ps',
  ]);
  t.deepEqual(unapproved(manifest, { enabled: true, rights: [...wanted, 'More.read'], replaces: ['ps'] }), []);
});
