import test from 'ava';
import { bypassesProxy } from '../../../../src/plugins/registry/http/bypasses-proxy.js';

const direct = test.macro((t, url: string, noProxy: string, expected: boolean) => {
  t.is(bypassesProxy(new URL(url), noProxy), expected);
});
test('nothing said', direct, 'https://r.example', '', false);
test('loopback never goes through a proxy', direct, 'http://127.0.0.1:5000', '', true);
test('the name', direct, 'https://r.example', 'x, r.example', true);
test('its domain', direct, 'https://r.example.org', 'example.org', true);
test('its domain with a dot', direct, 'https://r.example.org', '.example.org', true);
test('a name that ends alike', direct, 'https://badexample.org', 'example.org', false);
test('the port', direct, 'https://r.example:5000', 'r.example:5000', true);
test('another port', direct, 'https://r.example:5001', 'r.example:5000', false);
test('a network', direct, 'https://10.1.2.3', '10.0.0.0/8', true);
test('no network', direct, 'https://10.1.2.3', '10.0.0.0/nonsense', false);
test('all', direct, 'https://r.example', '*', true);
