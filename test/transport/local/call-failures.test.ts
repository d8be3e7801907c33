import test from 'ava';
import { outcomeFromWire } from '../../../src/transport/local/call-failures.js';

const read = (text: string) => outcomeFromWire('unix:///s', Buffer.from(text));

test('an outcome, with and without a failure', (t) => {
  t.deepEqual(read('{"exitCode":3}'), { exitCode: 3 });
  const failure = { kind: 'not found', message: 'no such thing', hint: 'look elsewhere' };
  t.deepEqual(read(JSON.stringify({ exitCode: 1, failure })), { exitCode: 1, failure });
});

const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
for (const text of [
  '{"exitCode":-1}',
  '{"exitCode":256}',
  '{"exitCode":1,"failure":{}}',
  `{"exitCode":1,"failure":${nested}}`,
  `{"exitCode":1,"failure":{"kind":"invalid","message":${nested}}}`,
  '{"exitCode":1,"failure":{"kind":"invalid","message":"x","hint":1}}',
  '{"exitCode":1,"failure":"x"}',
  '{"exitCode":1,"failure":null}',
]) {
  test(`no outcome: ${text.slice(0, 60)}`, (t) => {
    t.regex(read(text).failure?.message ?? '', /its outcome cannot be read$/);
  });
}
