import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('volume ls lists volumes by name', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('volume', 'ls'), 'DRIVER    VOLUME NAME');
  await engine.ok('run', '--rm', '-v', 'second:/b', '-v', 'first:/a', 'busybox', 'true');
  t.is(await engine.ok('volume', 'list'), 'DRIVER    VOLUME NAME\nlocal     first\nlocal     second');
  t.is(await engine.ok('volume', 'ls', '-q'), 'first\nsecond');
});

test.serial('--filter chooses by name, label, driver and use', async (t) => {
  const { engine } = given;
  await engine.ok('volume', 'create', '--label', 'tier=back', '--name', 'db-1');
  await engine.ok('create', '-v', 'db-2:/d', 'busybox', 'true');
  const names = async (...filters: string[]): Promise<string> =>
    (await engine.ok('volume', 'ls', '-q', ...filters.flatMap((filter) => ['-f', filter]))).replaceAll('\n', ' ');
  t.is(await names('name=db'), 'db-1 db-2');
  t.is(await names('name=^db-[2-9]$'), 'db-2');
  t.is(await names('label=tier=back'), 'db-1');
  t.is(await names('label=tier', 'name=first'), '');
  t.is(await names('dangling=false'), 'db-2');
  t.is(await names('dangling=true', 'name=b-'), 'db-1');
  t.is(await names('driver=local', 'name=fi'), 'first');
  t.is(await names('driver=nfs'), '');
  t.regex((await engine.quick(['volume', 'ls', '-f', 'size=1'])).stderr, /invalid filter 'size' \(Known are dangling,/);
});

test.serial('--format', async (t) => {
  const { engine } = given;
  await engine.ok('volume', 'create', '--label', 'tier=front', 'shaped');
  const shown = (format: string) => engine.ok('volume', 'ls', '-f', 'name=shaped', '--format', format);
  t.is(
    await shown('{{.Name}} {{.Driver}} {{.Scope}} {{.Label "tier"}} {{.Labels}} {{.Links}}'),
    'shaped local local front tier=front N/A',
  );
  t.is(await shown('table {{.Name}}\\t{{.Driver}}'), 'VOLUME NAME   DRIVER\nshaped        local');
  t.is(JSON.parse(await shown('json')).Mountpoint, `${engine.root}/volumes/shaped/_data`);
  t.regex(
    (await engine.quick(['volume', 'ls', '-f', 'name=none', '--format', '{{.Nosuch}}'])).stderr,
    /no field Nosuch/,
  );
  t.is(
    await engine.ok('volume', 'inspect', '-f', '{{.Labels.tier}} {{.Labels.none}} {{.Options}}', 'shaped'),
    'front <no value> map[]',
  );
});
