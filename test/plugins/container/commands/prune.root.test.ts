import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('a moment that is none is refused, whether or not there is something to prune', async (t) => {
  const { engine } = given;
  for (const what of ['container', 'network', 'image', 'system']) {
    const { code, stderr } = await engine.quick([what, 'prune', '-f', '--filter', 'until=x']);
    t.is(code, 1, what);
    t.regex(stderr, /failed to parse filter 'until=x'/);
  }
});

test('prune removes what does not run, by age and label', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'runs', 'busybox', 'sleep', '1000');
  await engine.ok('run', '--name', 'ran', '-l', 'keep', 'busybox', 'sh', '-c', 'head -c 1000000 /dev/zero >/x');
  const id = await engine.ok('create', '--name', 'made', 'busybox', 'true');
  t.regex(
    await engine.ok('container', 'prune', '--dry-run'),
    /would remove container made .*\nwould remove container ran /,
  );
  t.is(await engine.ok('container', 'prune', '-f', '--filter', 'until=1h'), 'Total reclaimed space: 0B');
  t.regex((await engine.docker(['container', 'prune', '--filter', 'until=then'])).stderr, /'until=then'/);
  const pruned = await engine.quick(['container', 'prune', '-f', '--filter', 'label=keep']);
  t.regex(pruned.stdout, /space: 0B$/m);
  t.regex(pruned.stderr, /^1[\d.]*MB are kept for docker undo, until docker system prune frees them$/m);
  t.regex(await engine.ok('container', 'prune', '-f'), new RegExp(`^Deleted Containers:\n${id}\n\nTotal`));
  t.is(await engine.ok('ps', '-a', '--format', '{{.Names}}'), 'runs');
  t.regex((await engine.quick(['container', 'prune', '-f', '--filter', 'until=then'])).stderr, /'until=then'/);
  await engine.ok('create', '-l', 'keep', '--name', 'kept', 'busybox', 'true');
  await engine.ok('container', 'prune', '-f', '--filter', 'label!=keep');
  t.is(await engine.ok('ps', '-a', '--format', '{{.Names}}'), 'kept\nruns');
});
