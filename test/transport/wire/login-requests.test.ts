import test from 'ava';
import type { Logins } from '../../../src/kernel/contracts/logins.js';
import { answerLogin, type LoginRequest } from '../../../src/transport/wire/login-requests.js';

const ken = { username: 'ken', password: 'secret' };
const logins: Logins = { get: async () => ken, set: async () => '/file', erase: async () => true };
const ask = (request: LoginRequest, isOffered = true) =>
  answerLogin(
    Buffer.from(JSON.stringify(request)),
    () => isOffered,
    async () => logins,
  );
const server = 'r.example:5000';

test('what is offered is answered', async (t) => {
  t.deepEqual(await ask({ do: 'get', server }), ken);
  t.is(await ask({ do: 'set', server, login: ken }), '/file');
  t.is(await ask({ do: 'erase', server }), true);
});

test('what is not offered is refused', async (t) => {
  t.like(await t.throwsAsync(ask({ do: 'get', server }, false)), { kind: 'denied' });
});

test('what is no question is refused', async (t) => {
  for (const payload of ['{', '{}', '{"do":"set","server":"x","login":{}}', 'null']) {
    const asked = answerLogin(
      Buffer.from(payload),
      () => true,
      async () => logins,
    );
    await t.throwsAsync(asked, undefined, payload);
  }
});
