import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('prune removes what no container uses: anonymous ones, and all with -a, after a yes', async (t) => {
  const { engine } = given;
  const anonymous = await engine.ok('volume', 'create');
  await engine.ok('volume', 'create', 'named');
  await engine.ok('create', '--name', 'holder', '-v', 'used:/d', '-v', '/e', 'busybox', 'true');
  const names = async () => (await engine.ok('volume', 'ls', '-q')).split('\n').length;
  t.is(await engine.ok('volume', 'prune', '--dry-run'), `would remove volume ${anonymous}`);
  const no = await engine.docker(['volume', 'prune'], { input: 'n\n' });
  t.is(no.code, 1);
  t.regex(
    no.stderr,
    new RegExp(`WARNING! This will remove:\\n  - volume ${anonymous}\\n.*\\[y/N\\] Nothing was removed`, 's'),
  );
  t.is(await names(), 4);
  const yes = await engine.docker(['volume', 'prune'], { input: 'y\n' });
  t.regex(yes.stdout, new RegExp(`^Deleted Volumes:\\n${anonymous}\\n\\nTotal reclaimed space: `));
  await engine.ok('volume', 'create', '--label', 'keep', 'kept');
  t.regex(await engine.ok('volume', 'prune', '-f', '--filter', 'all=1', '--filter', 'label!=keep'), /:\nnamed\n\n/);
  t.regex(await engine.ok('volume', 'prune', '-af'), /^Deleted Volumes:\nkept\n/);
  t.is(await engine.ok('volume', 'prune', '-af'), 'Total reclaimed space: 0B');
  t.is(await names(), 2);
});
