import test from 'ava';
import {
  canonicalName,
  familiarReference,
  parseReference,
  withDefaultTag,
} from '../../../../src/plugins/image/index.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

const understood = test.macro({
  exec(t, text: string, canonical: string, familiar: string) {
    const reference = withDefaultTag(parseReference(text));
    const tag = reference.tag ? `:${reference.tag}` : '';
    const digest = reference.digest ? `@${reference.digest}` : '';
    t.is(canonicalName(reference) + tag + digest, canonical);
    t.is(familiarReference(reference), familiar);
    t.deepEqual(withDefaultTag(parseReference(familiar)), reference, 'the familiar form means the same');
  },
  title: (_, text) => `understood: ${text}`,
});

test(understood, 'busybox', 'docker.io/library/busybox:latest', 'busybox:latest');
test(understood, 'busybox:1.36', 'docker.io/library/busybox:1.36', 'busybox:1.36');
test(understood, 'library/busybox', 'docker.io/library/busybox:latest', 'busybox:latest');
test(understood, 'docker.io/busybox', 'docker.io/library/busybox:latest', 'busybox:latest');
test(understood, 'index.docker.io/library/busybox', 'docker.io/library/busybox:latest', 'busybox:latest');
test(understood, 'me/app', 'docker.io/me/app:latest', 'me/app:latest');
test(understood, 'library/a/b', 'docker.io/library/a/b:latest', 'library/a/b:latest');
test(understood, 'docker.io/library/foo/bar', 'docker.io/library/foo/bar:latest', 'library/foo/bar:latest');
test(understood, 'docker.io/foo.bar/x', 'docker.io/foo.bar/x:latest', 'docker.io/foo.bar/x:latest');
test(understood, 'docker.io/localhost/x', 'docker.io/localhost/x:latest', 'docker.io/localhost/x:latest');
test(understood, 'localhost/app', 'localhost/app:latest', 'localhost/app:latest');
test(understood, 'localhost:5000/app:v1', 'localhost:5000/app:v1', 'localhost:5000/app:v1');
test(understood, 'quay.io/a/b/c:T_1.x-y', 'quay.io/a/b/c:T_1.x-y', 'quay.io/a/b/c:T_1.x-y');
test(understood, 'HOST/app', 'HOST/app:latest', 'HOST/app:latest');
test(understood, '[::1]:5000/app', '[::1]:5000/app:latest', '[::1]:5000/app:latest');
test(understood, 'a__b/c---d/e.f', 'docker.io/a__b/c---d/e.f:latest', 'a__b/c---d/e.f:latest');
test(understood, `busybox@${DIGEST}`, `docker.io/library/busybox@${DIGEST}`, `busybox@${DIGEST}`);
test(understood, `busybox:1@${DIGEST}`, `docker.io/library/busybox:1@${DIGEST}`, `busybox:1@${DIGEST}`);
test(understood, 'test:5000', 'docker.io/library/test:5000', 'test:5000');
test(understood, 'sha256:abc', 'docker.io/library/sha256:abc', 'sha256:abc');
test(understood, `a:${'t'.repeat(128)}`, `docker.io/library/a:${'t'.repeat(128)}`, `a:${'t'.repeat(128)}`);

const refused = test.macro<[text: string, message?: string]>({
  exec(t, text: string, message = 'invalid reference format') {
    t.like(
      t.throws(() => parseReference(text)),
      { kind: 'invalid', message },
    );
  },
  title: (_, text) => `refused: ${text.slice(0, 40) || 'nothing'}`,
});

for (const text of [
  '',
  ':tag',
  'a:',
  'a/',
  '/a',
  'a//b',
  'a..b',
  'a___b',
  '-a',
  'a-',
  'a b',
  'a\n',
  'a:b:c',
  `a:${'t'.repeat(129)}`,
  'a:.t',
  'a@sha256:abc',
  'a@md5:d41d8cd98f00b204e9800998ecf8427e',
  'a@',
  '-h.io/a',
  'h.io:x/a',
  '[::1/a',
  'ü',
]) {
  test(refused, text);
}
test(refused, 'Busybox', 'invalid reference format: repository name (library/Busybox) must be lowercase');
test(refused, 'a/B', 'invalid reference format: repository name (a/B) must be lowercase');
test(
  refused,
  'a'.repeat(64),
  `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`,
);
test(
  refused,
  `h.io/${'b'.repeat(256)}`,
  'invalid reference format: repository name must not be more than 255 characters',
);
