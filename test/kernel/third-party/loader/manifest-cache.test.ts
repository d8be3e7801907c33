import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type CacheEntry, ManifestCache } from '../../../../src/kernel/third-party/loader/manifest-cache.js';
import { manifestOf } from '../manifest.js';

const folders: string[] = [];
test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-cache-'));
  folders.push(folder);
  return folder;
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');

function entry(code: string): CacheEntry {
  const version = { hash: hashOf(code), entry: '/p/a.ts', manifest: manifestOf() };
  return { inputs: ['/p/a.ts'], stamps: 's', newest: version, good: version, problem: undefined };
}

function keep(cache: ManifestCache, source: string, code: string): void {
  cache.putCode(hashOf(code), code);
  cache.set(source, entry(code));
}

test('what one process found out, the next one knows; one of another engine does not', (t) => {
  const folder = fresh();
  keep(new ManifestCache(folder, ['1']), '/p/a.ts', 'code');
  const next = new ManifestCache(folder, ['1']);
  t.deepEqual(next.get('/p/a.ts')?.good, entry('code').good);
  t.is(next.code(hashOf('code')), 'code');
  t.is(new ManifestCache(folder, ['2']).get('/p/a.ts'), undefined);
  t.is(next.get('constructor'), undefined);
});

test('code goes with the next change after the last entry that named it: a call may be about to start it', (t) => {
  const folder = fresh();
  const cache = new ManifestCache(folder, []);
  keep(cache, '/p/a.ts', 'one');
  keep(cache, '/p/b.ts', 'one');
  keep(cache, '/p/a.ts', 'two');
  t.is(cache.code(hashOf('one')), 'one');
  keep(cache, '/p/b.ts', 'two');
  t.is(cache.code(hashOf('one')), 'one', 'nothing names it since a moment');
  keep(cache, '/p/b.ts', 'three');
  t.is(cache.code(hashOf('one')), undefined);
  cache.keep(['/p/a.ts']);
  t.deepEqual(readdirSync(folder).sort(), [`${hashOf('two')}.mjs`, 'index.json'].sort());
});

test('what nobody names is left to others for an hour', (t) => {
  const folder = fresh();
  const cache = new ManifestCache(folder, []);
  keep(cache, '/p/a.ts', 'one');
  keep(cache, '/p/b.ts', 'two');
  writeFileSync(join(folder, 'young.mjs'), '');
  writeFileSync(join(folder, 'old.mjs'), '');
  utimesSync(join(folder, 'old.mjs'), 1, 1);
  cache.keep(['/p/a.ts']);
  t.true(readdirSync(folder).includes('young.mjs'));
  t.false(readdirSync(folder).includes('old.mjs'));
});

test('damage is as good as nothing', (t) => {
  const folder = fresh();
  keep(new ManifestCache(folder, []), '/p/a.ts', 'code');
  writeFileSync(join(folder, `${hashOf('code')}.mjs`), 'cod');
  t.is(new ManifestCache(folder, []).code(hashOf('code')), undefined);
  for (const damaged of ['', '{', 'null', '[]', '{"key":1}']) {
    writeFileSync(join(folder, 'index.json'), damaged);
    t.is(new ManifestCache(folder, []).get('/p/a.ts'), undefined);
  }
});

test('where nothing can be written, it is known as long as the process lives', (t) => {
  const folder = join(fresh(), 'file');
  writeFileSync(folder, '');
  const cache = new ManifestCache(folder, []);
  t.notThrows(() => keep(cache, '/p/a.ts', 'code'));
  t.is(cache.get('/p/a.ts')?.stamps, 's');
  t.notThrows(() => cache.keep([]));
});

test('of processes that write at once, one wins as a whole', (t) => {
  const folder = fresh();
  const [one, other] = [new ManifestCache(folder, []), new ManifestCache(folder, [])];
  keep(one, '/p/a.ts', 'one');
  keep(other, '/p/b.ts', 'two');
  const next = new ManifestCache(folder, []);
  t.truthy(next.get('/p/b.ts'));
  t.is(next.code(hashOf('one')), 'one');
});
