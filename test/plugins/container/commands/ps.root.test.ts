import test from 'ava';
import { engineFor, imageTar } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('ps shows the running, -a all, the newest first; -l, -n and -q choose', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('ps'), 'CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES');
  await engine.docker(['run', '--name', 'ended', 'busybox', 'sh', '-c', 'exit 3']);
  const id = await engine.ok('run', '-d', '--name', 'lives', 'busybox', 'sh', '-c', 'sleep 1000', 'and', 'more');

  const running = (await engine.ok('ps')).split('\n');
  t.is(running.length, 2);
  t.regex(
    running[1] ?? '',
    new RegExp(`^${id.slice(0, 12)}   busybox   "sh -c 'sleep 1000' …"   .* ago   Up .*   lives$`),
  );
  const all = (await engine.ok('ps', '-a', '-notrunc')).split('\n');
  t.regex(all[1] ?? '', new RegExp(`^${id}   busybox   "sh -c 'sleep 1000' and more"`));
  t.regex(all[2] ?? '', /"sh -c 'exit 3'" .* Exited \(3\) .* ago .* ended$/);
  t.is(await engine.ok('ps', '-q'), id.slice(0, 12));
  t.is(await engine.ok('ps', '-lq', '--no-trunc'), id);
  t.is((await engine.ok('ps', '-n', '1', '-q')).split('\n').length, 1);
  t.is((await engine.ok('PS', '-aq')).split('\n').length, 2);
  t.is((await engine.ok('container', 'ls', '-aq')).split('\n').length, 2);
});

test.serial('control characters of a command line do not reach the terminal', async (t) => {
  await given.engine.ok('run', '-d', '--name', 'escape', 'busybox', 'sh', '-c', 'sleep 1000', '\x1b[31m');
  const output = await given.engine.ok('ps', '--no-trunc');
  t.false(output.includes('\x1b'));
  t.true(output.includes('\\x1b[31m'));
});

test.serial('--filter chooses by id, name, label, status, exit code and ancestor', async (t) => {
  const { engine } = given;
  await engine.ok('import', '-c', 'LABEL base=yes', imageTar('busybox'), 'labelled');
  await engine.ok('run', '--name', 'front', '-l', 'tier=front', 'labelled', 'true');
  await engine.docker(['run', '--name', 'back', '-l', 'tier=back', '-l', 'slow', 'busybox', 'sh', '-c', 'exit 9']);
  await engine.ok('commit', 'front', 'child');
  const id = await engine.ok('run', '-d', '--name', 'fronted', 'child', 'sleep', '1000');
  const names = async (...filters: string[]): Promise<string[]> => {
    const rows = await engine.ok('ps', '-a', ...filters.flatMap((filter) => ['-f', filter]));
    return rows
      .split('\n')
      .slice(1)
      .map((row) => row.split(' ').at(-1) ?? '');
  };
  t.deepEqual(await names('name=front'), ['fronted', 'front']);
  t.deepEqual(await names('name=^front$'), ['front']);
  t.deepEqual(await names('name=back', 'name=ended'), ['back', 'ended']);
  t.deepEqual(await names('label=tier'), ['fronted', 'back', 'front']);
  t.deepEqual(await names('label=tier=back', 'label=slow'), ['back']);
  t.deepEqual(await names('label=base=yes'), ['fronted', 'front']);
  t.deepEqual(await names('exited=9'), ['back']);
  t.deepEqual(await names('ancestor=labelled'), ['fronted', 'front']);
  t.deepEqual(await names('ancestor=child'), ['fronted']);
  t.deepEqual(await names('ancestor=nothing'), []);
  t.deepEqual(await names(`id=${id.slice(0, 20)}`), ['fronted']);
  t.deepEqual(await names('status=exited', 'name=front'), ['front']);
  t.is(
    await engine.ok('ps', '-q', '-f', 'status=exited', '-f', 'name=back', '-n', '1').then((line) => line.length),
    12,
  );
  for (const [filter, words] of [
    ['colour=red', /invalid filter 'colour' \(Known are ancestor, before, .*, volume\)/],
    ['name=(', /error parsing regexp: /],
    ['publish=80-70', /invalid port '80-70'/],
    ['before=nosuch', /No such container: nosuch/],
    ['is-task=perhaps', /invalid filter 'is-task=perhaps'/],
    ['status=asleep', /invalid filter 'status=asleep' \(Known are created, /],
    ['exited=x', /invalid filter 'exited=x'/],
  ] as const) {
    const { code, stderr } = await engine.docker(['ps', '-f', filter]);
    t.is(code, 1);
    t.regex(stderr, words);
  }
});

test.serial('--filter chooses by order, network, volume, ports, and patterns of names', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', 'nets');
  const net = await engine.ok('network', 'inspect', '-f', '{{.Id}}', 'nets');
  await engine.ok('import', '-c', 'EXPOSE 7000-7001/udp', imageTar('busybox'), 'exposing');
  await engine.ok('create', '--name', 'f-1', '-l', 'f', '--network', 'nets', '-v', 'vol:/data', 'exposing', 'true');
  await engine.ok('create', '--name', 'f-2', '-l', 'f', '--network', 'host', '-v', '/etc:/etc2:ro', 'busybox', 'true');
  const run = ['-p', '127.0.0.1:8093:80', 'busybox', 'sleep', '1000'];
  await engine.ok('run', '-d', '--name', 'f-3', '-l', 'f', ...run);
  const names = (...filters: string[]): Promise<string> =>
    engine.ok('ps', '-a', '--format', '{{.Names}}', ...['label=f', ...filters].flatMap((filter) => ['-f', filter]));
  for (const [filter, found] of [
    ['before=f-2', 'f-1'],
    ['since=f-1', 'f-3\nf-2'],
    ['network=nets', 'f-1'],
    [`network=${net.slice(0, 12)}`, 'f-1'],
    ['network=host', 'f-2'],
    ['network=nosuch', ''],
    ['volume=vol', 'f-1'],
    ['volume=/etc2', 'f-2'],
    ['publish=8093', 'f-3'],
    ['publish=8090-8100/tcp', 'f-3'],
    ['publish=8093/udp', ''],
    ['expose=80', 'f-3'],
    ['expose=7001-7005/udp', 'f-1'],
    ['name=^/f-[12]$', 'f-2\nf-1'],
    ['name=f-(1|3)', 'f-3\nf-1'],
    ['is-task=false', 'f-3\nf-2\nf-1'],
    ['is-task=true', ''],
  ] as const) {
    t.is(await names(filter), found, filter);
  }
  const sized = (await engine.ok('ps', '-s', '-f', 'name=^f-3$')).split('\n');
  t.regex(sized[0] ?? '', /NAMES +SIZE$/);
  t.regex(sized[1] ?? '', /f-3 +[\d.]+k?B \(virtual [\d.]+MB\)$/);
  t.regex(await engine.ok('ps', '--format', '{{.Size}}', '-f', 'name=f-3'), /virtual/);
});

test.serial('ports: those that are exposed only, ranges, and published ones', async (t) => {
  const { engine } = given;
  const ports = async (...flags: string[]) => {
    const id = await engine.ok('run', '-d', ...flags, 'busybox', 'sleep', '1000');
    return engine.ok('ps', '-f', `id=${id}`, '--format', '{{.Ports}}');
  };
  await engine.ok('import', '-c', 'EXPOSE 90 91/tcp 92 53/udp', imageTar('busybox'), 'exposing');
  const id = await engine.ok('run', '-d', '-p', '127.0.0.1:18091:91', 'exposing', 'sleep', '1000');
  t.is(
    await engine.ok('ps', '-f', `id=${id}`, '--format', '{{.Ports}}'),
    '53/udp, 90/tcp, 92/tcp, 127.0.0.1:18091->91/tcp',
  );
  t.is(await ports('-p', '127.0.0.1:18080-18081:18080-18081'), '127.0.0.1:18080-18081->18080-18081/tcp');
  t.is(await ports('--network', 'none'), '');
});

test.serial('filters and formats are completed', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('__complete', 'ps', '--filter', 'na'), 'name=\n:none');
  t.is(await engine.ok('__complete', 'ps', '-f', 'e'), 'exited=\nexpose=\n:none');
  t.is(await engine.ok('__complete', 'ps', '--format', ''), 'json\ntable\n:none');
});

test.serial('--format takes templates, tables of them, and json', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'shaped', '-l', 'tier=front', 'busybox', 'true');
  const shown = (format: string) => engine.ok('ps', '-a', '-f', 'name=shaped', '--format', format);
  t.is(await shown('{{.Names}} {{.State}} {{.Label "tier"}}'), 'shaped created front');
  t.is(await shown('table {{.Names}}\\t{{.Command}}'), 'NAMES     COMMAND\nshaped    "true"');
  t.like(JSON.parse(await shown('json')), { Names: 'shaped', Image: 'busybox', Labels: 'tier=front' });
  t.like(JSON.parse(await shown('json')), { Networks: 'bridge', Mounts: '', Size: '0B', LocalVolumes: '0' });
  t.regex(
    await shown('{{.CreatedAt}}|{{.Size}}'),
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC\|\d+k?B \(virtual [\d.]+MB\)$/,
  );
  const { code, stderr } = await engine.quick(['ps', '-f', 'name=nothing', '--format', '{{.Nosuch}}']);
  t.is(code, 1);
  t.regex(stderr, /there is no field Nosuch/);
  t.regex((await engine.quick(['ps', '-a', '--format', '{{.Name}}'])).stderr, /there is no field Name .*Names/);
});

test.serial('an image whose name means nothing any more, or another one, is shown by its id', async (t) => {
  const { engine } = given;
  const id = (await engine.ok('commit', 'lives', 'passing')).replace('sha256:', '');
  await engine.ok('create', '--name', 'left', 'passing', 'true');
  const image = () => engine.ok('ps', '-a', '-f', 'name=left', '--format', '{{.Image}}');
  t.is(await image(), 'passing');
  await engine.ok('rmi', '-f', 'passing');
  t.is(await image(), id.slice(0, 12));
  await engine.ok('tag', 'busybox', 'passing');
  t.is(await image(), id.slice(0, 12));
});
