import test from 'ava';
import { archiveFiles } from '../../../../src/plugins/image/transfer/archive-files.js';
import { patched, stream, type TestEntry, tar } from '../support/tars.js';

async function pathsIn(archive: Buffer): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path, size } of archiveFiles(stream(archive))) paths.push(`${path} ${size}`);
  return paths;
}

test('headers of one entry have 1 MiB, however many there are', async (t) => {
  const header = (key: string): TestEntry => {
    const record = ` ${key}=${'c'.repeat(500_000)}\n`;
    return { path: 'p', type: 'ExtendedHeader', body: `${record.length + 6}${record}` };
  };
  t.deepEqual(await pathsIn(tar([header('a'), { path: 'x' }, header('b'), header('c'), { path: 'y' }])), [
    'x 0',
    'y 0',
  ]);
  const error = await t.throwsAsync(pathsIn(tar([header('a'), header('b'), header('c'), { path: 'x' }])));
  t.regex(error.message, /more than 1 MiB of headers/);
});

test('a name that a header in front has, and whose own header has it up to a slash', async (t) => {
  const deep = `${'a'.repeat(99)}/b`;
  const archive = patched(tar([{ path: 'cut', body: 'hello', pax: { path: deep } }]), 1024, deep.slice(0, 100));
  t.deepEqual(await pathsIn(archive), [`${deep} 5`]);
});
