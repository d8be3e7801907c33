import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PluginRecords } from '../../../../src/kernel/third-party/loader/plugin-records.js';

const folder = mkdtempSync(join(tmpdir(), 'gantry-records-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const record = { enabled: true, rights: ['Containers.read'], replaces: [] };

test('decisions are kept, seen by others at once, and for root alone', (t) => {
  const path = join(folder, 'state/records.json');
  const [one, other] = [new PluginRecords(path), new PluginRecords(path)];
  t.is(one.get('mine'), undefined);
  one.set('mine', record);
  other.set('theirs', { ...record, enabled: false });
  t.deepEqual(one.get('theirs')?.enabled, false);
  t.is(one.get('toString'), undefined);
  one.delete('mine');
  t.is(other.get('mine'), undefined);
  t.is(statSync(path).mode & 0o777, 0o600);
  t.deepEqual(readdirSync(join(folder, 'state')), ['records.json']);
});

test('a damaged file allows nothing', (t) => {
  const path = join(folder, 'damaged.json');
  writeFileSync(path, '{"mine": {"enab');
  const records = new PluginRecords(path);
  t.throws(() => records.get('mine'), { message: /damaged\.json, which holds what plugins may do, is damaged/ });
  t.throws(() => records.set('mine', record), { message: /is damaged/ });
});
