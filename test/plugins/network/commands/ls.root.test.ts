import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);
const made = { front: '', back: '' };

test.serial.before(async () => {
  const { engine } = given;
  made.front = await engine.ok('network', 'create', '--label', 'team=web', 'front');
  made.back = await engine.ok('network', 'create', '--internal', 'back');
});

test.serial('all are listed by name, with host and none', async (t) => {
  const [header, ...lines] = (await given.engine.ok('network', 'ls')).split('\n').map((line) => line.split(/ {2,}/));
  t.deepEqual(header, ['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE']);
  const shown = lines.map(([id, ...rest]) => {
    t.regex(id ?? '', /^[0-9a-f]{12}$/);
    return rest;
  });
  t.deepEqual(shown, [
    ['back', 'bridge', 'local'],
    ['bridge', 'bridge', 'local'],
    ['front', 'bridge', 'local'],
    ['host', 'host', 'local'],
    ['none', 'null', 'local'],
  ]);
});

for (const [filters, names] of [
  [['label=team'], ['front']],
  [['label=team=db'], []],
  [['name=fron'], ['front']],
  [
    ['driver=host', 'driver=null'],
    ['host', 'none'],
  ],
  [
    ['driver=bridge', 'name=b'],
    ['back', 'bridge'],
  ],
  [['type=custom'], ['back', 'front']],
  [['type=builtin'], ['bridge', 'host', 'none']],
  [['scope=swarm'], []],
  [['dangling=true'], ['back', 'front']],
  [['dangling=false'], ['bridge', 'host', 'none']],
] as const) {
  test.serial(`--filter ${filters.join(' --filter ')}`, async (t) => {
    const flags = filters.flatMap((filter) => ['--filter', filter]);
    const shown = await given.engine.ok('network', 'ls', '--format', '{{.Name}}', ...flags);
    t.deepEqual(shown.split('\n').filter(Boolean), [...names]);
  });
}

test.serial('ids alone, short and long', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('network', 'ls', '-q', '-f', 'name=front'), made.front.slice(0, 12));
  const prefix = made.front.slice(0, 20);
  t.is(await engine.ok('network', 'ls', '-q', '--no-trunc', '-f', `id=${prefix}`), made.front);
});

test.serial('--format', async (t) => {
  const { engine } = given;
  const shown = (format: string) => engine.ok('network', 'ls', '-f', 'name=front', '--format', format);
  t.like(JSON.parse(await shown('json')), { Name: 'front', Driver: 'bridge', Internal: 'false', Labels: 'team=web' });
  t.is(await shown('{{.Name}} {{.Label "team"}} {{.Scope}}'), 'front web local');
  t.deepEqual((await shown('table {{.ID}}\t{{.Name}}')).split(/\s{2,}|\n/).filter(Boolean), [
    'NETWORK ID',
    'NAME',
    made.front.slice(0, 12),
    'front',
  ]);
});

test.serial('what cannot be asked for is refused', async (t) => {
  for (const [filter, message] of [
    ['color=red', /color/],
    ['type=mine', /invalid filter 'type=mine'/],
    ['dangling=perhaps', /invalid filter 'dangling=perhaps'/],
  ] as const) {
    const { code, stderr } = await given.engine.docker(['network', 'ls', '-f', filter]);
    t.is(code, 1);
    t.regex(stderr, message);
  }
});

test.serial('completion knows networks, and what else --network takes', async (t) => {
  const { engine } = given;
  t.regex(await engine.ok('__complete', 'network', 'rm', 'f'), /^front$/m);
  t.regex(
    await engine.ok('__complete', 'run', '--network', ''),
    /^bridge$[\s\S]*^front$[\s\S]*^host$[\s\S]*^none$[\s\S]*^container:$/m,
  );
});
