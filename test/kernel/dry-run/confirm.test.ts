import { text } from 'node:stream/consumers';
import test from 'ava';
import { contextFor } from '../../../src/kernel/calls/command-context.js';
import { setScope } from '../../../src/kernel/dry-run/call-scope.js';
import { confirmed } from '../../../src/kernel/dry-run/confirm.js';
import { Recorder } from '../../../src/kernel/dry-run/recorder.js';
import { FakeClient } from '../fixtures.js';

test('only yes is a yes; what goes is told first, safe for terminals', async (t) => {
  for (const [answer, isYes] of Object.entries({
    'y\n': true,
    'YES\nn\n': true,
    y: true,
    '': false,
    '\n': false,
    'yeah\n': false,
  })) {
    const client = new FakeClient({ input: answer });
    t.is(await confirmed(contextFor(client, [], true), ['container a\u001b']), isYes, answer);
    const errors = await text(client.stderr.end());
    t.true(errors.startsWith('WARNING! This will remove:\n  - container a\\x1b\n'));
    t.is(errors.endsWith('Nothing was removed.\n'), !isYes);
  }
});

test('a dry run is not asked', async (t) => {
  const client = new FakeClient();
  const context = setScope(contextFor(client, [], true), { effects: [], recorder: new Recorder('docker x') });
  t.true(await confirmed(context, ['all']));
  t.is(await text(client.stderr.end()), '');
});
