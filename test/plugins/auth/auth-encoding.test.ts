import test from 'ava';
import { decodeAuth, encodeAuth } from '../../../src/plugins/auth/auth-encoding.js';

test('user and password become one base64 text, and come back', (t) => {
  const credentials = { username: 'ken', password: 'test' };
  t.is(encodeAuth(credentials), 'a2VuOnRlc3Q=');
  t.deepEqual(decodeAuth('a2VuOnRlc3Q='), credentials);
});

test('a password may hold colons and any letters', (t) => {
  const credentials = { username: 'ken', password: 'a:b:ü' };
  t.deepEqual(decodeAuth(encodeAuth(credentials)), credentials);
});

test('a user name with a colon is refused', (t) => {
  t.like(
    t.throws(() => encodeAuth({ username: 'a:b', password: 'c' })),
    { kind: 'invalid' },
  );
});

test('a text without a user is refused, and not told', (t) => {
  const encoded = Buffer.from('topsecret').toString('base64');
  const error = t.throws(() => decodeAuth(encoded));
  t.like(error, { kind: 'invalid' });
  t.notRegex(error.message, new RegExp(`topsecret|${encoded}`));
});
