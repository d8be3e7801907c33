import test from 'ava';
import { advisoriesFor } from '../../../../src/plugins/container/oci/advisories.js';

const OF_2025 = ['CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881'];

test('runc', (t) => {
  t.deepEqual(advisoriesFor('runc', '1.1.5+ds1'), [...OF_2025, 'CVE-2026-41579']);
  t.deepEqual(advisoriesFor('runc', '1.2.7'), [...OF_2025, 'CVE-2026-41579']);
  t.deepEqual(advisoriesFor('runc', '1.2.8'), ['CVE-2026-41579']);
  t.deepEqual(advisoriesFor('runc', '1.3.2'), [...OF_2025, 'CVE-2026-41579']);
  t.deepEqual(advisoriesFor('runc', '1.3.6'), []);
  t.deepEqual(advisoriesFor('runc', '1.4.0'), ['CVE-2026-41579']);
  t.deepEqual(advisoriesFor('runc', '1.4.3'), []);
  t.deepEqual(advisoriesFor('runc', '1.6.0'), []);
});

test('crun', (t) => {
  t.deepEqual(advisoriesFor('crun', '1.8.1'), ['CVE-2026-47766']);
  t.deepEqual(advisoriesFor('crun', '1.19'), ['CVE-2026-30892', 'CVE-2026-47766']);
  t.deepEqual(advisoriesFor('crun', '1.27'), ['CVE-2026-47766']);
  t.deepEqual(advisoriesFor('crun', '1.28'), []);
});

test('a version that cannot be read', (t) => t.deepEqual(advisoriesFor('runc', ''), []));
