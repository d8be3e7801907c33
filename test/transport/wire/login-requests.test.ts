import test from 'ava';
import type { Logins } from '../../../src/kernel/contracts/logins.js';
import { answerLogin, type LoginRequest } from '../../../src/transport/wire/login-requests.js';

const ken = { username: 'ken', password: 'secret' };
const logins: Logins = { get: async () => ken, set: async () => '/file', erase: async () => true };
const ask = (line: string, request: LoginRequest) =>
  answerLogin(Buffer.from(JSON.stringify(request)), line.split(' '), async () => logins);
const server = 'r.example:5000';
const hub = 'https://index.docker.io/v1/';

const answered = test.macro(async (t, line: string, request: LoginRequest, value: unknown) => {
  t.deepEqual(await ask(line, request), value);
});
test('pull of its registry', answered, 'pull r.example:5000/app', { do: 'get', server }, ken);
test('the long name', answered, 'image pull r.example:5000/app', { do: 'get', server }, ken);
test('create', answered, 'container create r.example:5000/app sh', { do: 'get', server }, ken);
test('run', answered, 'run --rm r.example:5000/app sh', { do: 'get', server }, ken);
test('Docker Hub needs no name', answered, 'push me/app', { do: 'get', server: hub }, ken);
test('login', answered, 'login -u ken r.example:5000', { do: 'set', server, login: ken }, '/file');
test('an address', answered, 'login https://r.example:5000/v2/', { do: 'get', server }, ken);
test('logout', answered, 'logout r.example:5000', { do: 'erase', server }, true);

const refused = test.macro(async (t, line: string, request: LoginRequest) => {
  t.like(await t.throwsAsync(ask(line, request)), { kind: 'denied' });
});
test('another registry', refused, 'pull r.example:5000/app', { do: 'get', server: 'bank.example' });
test('a name that begins alike', refused, 'pull r.example:50001/app', { do: 'get', server });
test('a command that needs none', refused, 'ps r.example:5000/app', { do: 'get', server });
test('a change by pull', refused, 'pull r.example:5000/app', { do: 'set', server, login: ken });
test('a removal by login', refused, 'login r.example:5000', { do: 'erase', server });
test('no login for a command called like a property', refused, 'constructor r.example:5000', { do: 'get', server });

test('what is no question is refused', async (t) => {
  for (const payload of ['{', '{}', '{"do":"set","server":"x","login":{}}', 'null']) {
    await t.throwsAsync(
      answerLogin(Buffer.from(payload), ['login', 'x'], async () => logins),
      undefined,
      payload,
    );
  }
});
