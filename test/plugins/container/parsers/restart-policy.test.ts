import test from 'ava';
import { formatRestartPolicy, parseRestartPolicy } from '../../../../src/plugins/container/parsers/restart-policy.js';

test('policies are read and written', (t) => {
  t.deepEqual(parseRestartPolicy(''), { name: 'no', maximumRetries: 0 });
  t.deepEqual(parseRestartPolicy('on-failure:'), { name: 'on-failure', maximumRetries: 0 });
  for (const words of ['no', 'always', 'unless-stopped', 'on-failure', 'on-failure:3']) {
    t.is(formatRestartPolicy(parseRestartPolicy(words)), words);
  }
});

for (const [kind, ...values] of [
  ['invalid', 'sometimes', 'always:3', 'always:', 'toString'],
  ['usage', 'on-failure:-1', 'on-failure:x', ':'],
])
  for (const value of values) {
    test(`no policy: ${value}`, (t) => {
      const error = t.throws(() => parseRestartPolicy(value));
      t.like(error, { kind });
      t.true(error.message.startsWith('invalid restart policy'));
    });
  }
