import test from 'ava';
import { parseLogOptions } from '../../../../src/plugins/container/parsers/log-flags.js';

test('a log is capped unless told', (t) => {
  t.deepEqual(parseLogOptions('', []), { driver: 'local', maxSize: 20_000_000, maxFiles: 5 });
  t.deepEqual(parseLogOptions('json-file', ['max-size=10m', 'max-file=3']), {
    driver: 'json-file',
    maxSize: 10_000_000,
    maxFiles: 3,
  });
  t.is(parseLogOptions('none', []).driver, 'none');
});

test('what is wrong is named', (t) => {
  const messages = (...[driver, ...options]: string[]) =>
    t.throws(() => parseLogOptions(driver ?? '', options)).message;
  t.is(messages('syslog'), "logger: no log driver named 'syslog' is registered");
  t.is(messages('local', 'mode=x'), "unknown log opt 'mode' for local log driver");
  for (const size of ['', '1', 'x', '-1m']) t.regex(messages('local', `max-size=${size}`), /'max-size'/);
  for (const count of ['', '0', '1.5']) t.regex(messages('local', `max-file=${count}`), /'max-file'/);
});
