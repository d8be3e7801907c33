import test from 'ava';
import { parseLogOptions } from '../../../../src/plugins/container/parsers/log-flags.js';

test('a log is capped unless told', (t) => {
  t.deepEqual(parseLogOptions('', []), { driver: 'local', maxSize: 20_000_000, maxFiles: 5 });
  t.deepEqual(parseLogOptions('json-file', ['max-size=10m', 'max-file=3']), {
    driver: 'json-file',
    maxSize: 10_000_000,
    maxFiles: 3,
    options: { 'max-size': '10m', 'max-file': '3' },
  });
  t.is(parseLogOptions('none', []).driver, 'none');
});

test('what is wrong is named', (t) => {
  const messages = (...[driver, ...options]: string[]) =>
    t.throws(() => parseLogOptions(driver ?? '', options)).message;
  t.is(messages('syslog'), "logger: no log driver named 'syslog' is registered");
  t.is(messages('local', 'format=x'), "unknown log opt 'format' for local log driver");
  t.is(messages('json-file', 'constructor=x'), "unknown log opt 'constructor' for json-file log driver");
  t.is(messages('local', 'mode=x'), "invalid value for log opt 'mode': x");
  t.is(messages('local', 'compress=maybe'), "invalid value for log opt 'compress': maybe");
  t.is(messages('local', 'tag={{.Name'), "invalid value for log opt 'tag': {{.Name");
  t.is(
    messages('local', 'max-buffer-size=4m'),
    "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
  );
  for (const size of ['', '1', 'x', '-1m']) t.regex(messages('local', `max-size=${size}`), /'max-size'/);
  for (const count of ['', '0', '1.5']) t.regex(messages('local', `max-file=${count}`), /'max-file'/);
});

test('options of Docker’s drivers are taken as they are', (t) => {
  const given = [
    'mode=non-blocking',
    'max-buffer-size=4m',
    'compress=true',
    'labels=a,b',
    'env=C',
    'tag={{.Name}}/{{.ID}}',
  ];
  t.deepEqual(parseLogOptions('json-file', given).options, {
    mode: 'non-blocking',
    'max-buffer-size': '4m',
    compress: 'true',
    labels: 'a,b',
    env: 'C',
    tag: '{{.Name}}/{{.ID}}',
  });
});
