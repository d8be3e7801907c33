import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { Header } from 'tar';
import { CLIENT_TREES } from '../../src/client/client-files.js';
import { unpackForUser } from '../../src/plugins/image/index.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-trees-'));
test.after.always(() => rmSync(folder, { recursive: true }));

interface Made {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'FIFO' | 'Directory' | 'CharacterDevice';
  readonly linkpath?: string;
  readonly text?: string;
}

/** An archive as a hostile daemon may send it. */
function archive(...entries: readonly Made[]): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath = '', text = '' }) => {
    const header = new Header({
      path,
      type,
      linkpath,
      size: text.length,
      mode: 0o6755,
      uid: 0,
      gid: 0,
      mtime: new Date(1e12),
    });
    header.encode();
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    content.write(text);
    return [header.block as Buffer, content];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

let rounds = 0;

async function unpacked(...entries: readonly Made[]): Promise<string> {
  const into = join(folder, String(rounds++), 'into');
  mkdirSync(into, { recursive: true });
  const { input, done } = CLIENT_TREES.unpack(into, { beside: false, owners: false });
  input.end(archive(...entries));
  await done;
  return into;
}

const secret = join(folder, 'secret');
writeFileSync(secret, 'mine');

const HOSTILE: readonly (readonly [string, readonly Made[]])[] = [
  ['..', [{ path: '../secret', text: 'theirs' }]],
  ['.. in the middle', [{ path: 'a/../../../secret', text: 'theirs' }]],
  ['an absolute name', [{ path: secret, text: 'theirs' }]],
  [
    'a link, and through it',
    [
      { path: 'a', type: 'SymbolicLink', linkpath: folder },
      { path: 'a/secret', text: 'theirs' },
    ],
  ],
  [
    'a link behind a link',
    [
      { path: 'a', type: 'SymbolicLink', linkpath: folder },
      { path: 'a/secret', type: 'SymbolicLink', linkpath: '/etc/passwd' },
    ],
  ],
];

for (const [what, entries] of HOSTILE) {
  test.serial(`nothing leads out of the folder: ${what}`, async (t) => {
    await unpacked(...entries).catch(() => {});
    t.is(readFileSync(secret, 'utf8'), 'mine');
    t.false(existsSync(join(folder, String(rounds - 1), 'secret')));
  });
}

test.serial('a set-uid bit goes through no link, and to nothing that is not copied', async (t) => {
  const into = join(folder, 'modes');
  mkdirSync(into);
  symlinkSync(secret, join(into, 'x'));
  symlinkSync(folder, join(into, 'd'));
  const { input, done } = CLIENT_TREES.unpack(into, { beside: false, owners: true });
  input.end(
    archive(
      { path: 'x', type: 'FIFO' },
      { path: 'none', type: 'FIFO' },
      { path: 'd/secret', type: 'SymbolicLink', linkpath: '/' },
    ),
  );
  await t.throwsAsync(done, { message: /d\/secret: its path leads through a link/ });
  t.is(statSync(secret).mode & 0o7000, 0);
  t.is(readFileSync(secret, 'utf8'), 'mine');
});

test.serial(
  'a folder that another user replaces by a link while it is copied has nothing done to its target',
  async (t) => {
    const target = join(folder, 'target');
    const into = join(folder, 'swapped');
    mkdirSync(target);
    chmodSync(target, 0o700);
    mkdirSync(into);
    const { input, done } = CLIENT_TREES.unpack(into, { beside: false, owners: false });
    done.catch(() => {});
    input.write(archive({ path: 'data/', type: 'Directory' }).subarray(0, 512));
    while (!existsSync(join(into, 'data'))) await sleep(5);
    rmSync(join(into, 'data'), { recursive: true });
    symlinkSync(target, join(into, 'data'));
    input.end(archive({ path: 'last', text: 'x' }));
    await t.throwsAsync(done, { message: /data: it was replaced while it was copied/ });
    t.is(statSync(target).mode & 0o7777, 0o700);
  },
);

test.serial('what has been put in the place of the folder is not waited for', (t) => {
  const pipe = join(folder, 'put-there');
  execFileSync('mkfifo', [pipe]);
  t.throws(() => CLIENT_TREES.unpack(pipe, { beside: false, owners: false }), {
    message: /cannot copy into .*put-there: it is not a directory/,
  });
});

test.serial('the second name of a socket is left out like the first', async (t) => {
  const site = join(folder, 'sockets');
  mkdirSync(site);
  const server = createServer().listen(join(site, 'a'));
  await once(server, 'listening');
  linkSync(join(site, 'a'), join(site, 'b'));
  const { input, done } = CLIENT_TREES.unpack(join(folder, 'modes'), { beside: false, owners: false });
  CLIENT_TREES.read(site, { as: 'copy', followLink: false, owners: false }).pipe(input);
  await done;
  server.close();
  t.deepEqual(readdirSync(join(folder, 'modes/copy')), []);
});

test.serial('beside what a path names nothing else is made, and no folder is replaced', async (t) => {
  const into = join(folder, 'beside');
  mkdirSync(into);
  const { input, done } = CLIENT_TREES.unpack(join(into, 'new'), { beside: true, owners: false });
  input.end(archive({ path: 'new/a', text: 'x' }, { path: '.bashrc', text: 'theirs' }));
  await done;
  t.deepEqual(readdirSync(into), ['new']);
  t.throws(() => CLIENT_TREES.unpack(join(into, 'new'), { beside: true, owners: false }), {
    message: /over the folder/,
  });
});

test.serial('a hard link to a file outside is none', async (t) => {
  const into = await unpacked({ path: 'a', type: 'Link', linkpath: secret }, { path: 'b', text: 'x' }).catch(() =>
    join(folder, String(rounds - 1), 'into'),
  );
  t.false(existsSync(join(into, 'a')));
});

test.serial('links are kept as they are, set-uid bits are not', async (t) => {
  const into = await unpacked(
    { path: 'etc/link', type: 'SymbolicLink', linkpath: '/etc/passwd' },
    { path: 'etc/file', text: 'one' },
    { path: 'pipe', type: 'FIFO' },
  );
  t.is(readlinkSync(join(into, 'etc/link')), '/etc/passwd');
  t.is(readFileSync(join(into, 'etc/file'), 'utf8'), 'one');
  t.true(statSync(join(into, 'pipe')).isFIFO());
});

test.serial('devices are left out, and links to them', async (t) => {
  const device: Made = { path: 'null', type: 'CharacterDevice' };
  const into = await unpacked(device, { path: 'same', type: 'Link', linkpath: 'null' }, { path: 'file', text: 'x' });
  t.deepEqual(readdirSync(into), ['file']);
  await t.throwsAsync(unpacked(device), { message: /null: a device is not copied without -a/ });
  const many = Array.from({ length: 23 }, (_, index): Made => ({ ...device, path: `device-${index}` }));
  const fd = openSync(into, 'r');
  t.teardown(() => closeSync(fd));
  const left = await unpackForUser(Readable.from([archive(...many, { path: 'one', text: 'x' })]), fd, {
    owners: false,
  });
  t.deepEqual([left.length, left.at(-1)], [21, 'and 3 more']);
});

test.serial('an archive that stops in the middle is an error', async (t) => {
  const into = join(folder, 'cut');
  mkdirSync(into);
  const { input, done } = CLIENT_TREES.unpack(into, { beside: false, owners: false });
  input.end(archive({ path: 'a', text: 'x'.repeat(2000) }).subarray(0, 1500));
  await t.throwsAsync(done, { message: /cannot copy to .*cut: the archive ends in the middle of a/ });
});

test.serial('a folder is read under another name, its content under none', async (t) => {
  const site = join(folder, 'site');
  mkdirSync(join(site, 'sub'), { recursive: true });
  writeFileSync(join(site, 'sub/file'), 'text');
  const names = async (as: string): Promise<string[]> => {
    const bytes = await buffer(CLIENT_TREES.read(site, { as, followLink: false, owners: false }));
    return bytes.toString('latin1').match(/(?:www|\.)\/[\w/]*/g) ?? [];
  };
  t.deepEqual(await names('www'), ['www/', 'www/sub/', 'www/sub/file']);
  t.deepEqual(await names('.'), ['./sub/', './sub/file']);
  t.throws(() => CLIENT_TREES.read(join(site, 'no'), { as: 'x', followLink: false, owners: false }), {
    message: /no: no such file or directory/,
  });
});
