import fc from 'fast-check';
import { canonicalName, familiarReference, parseReference } from '../../../src/plugins/image/contracts/reference.js';
import { same } from '../fuzz.js';
import { type Target, taken } from '../target.js';

const PARTS = [
  ...['docker.io', 'index.docker.io', 'library', 'localhost', 'localhost:5000', '[::1]:5000', 'A.example', 'foo.bar'],
  ...['busybox', 'a_b', 'a__b', 'a---b', 'UPPER', 'x'.repeat(130), '', '-', '.', '..', 'é'],
];
const name = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const tag = fc.constantFrom('', ':latest', ':1.0-rc_1', `:${'t'.repeat(129)}`, ':', ':5000', ':\n');
const digest = fc.constantFrom('', `@sha256:${'ab'.repeat(32)}`, '@sha256:', '@', `@sha512:${'0'.repeat(128)}`);

/** Names of images: what is shown of a name leads to the same image. */
export const reference: Target<string> = {
  corpus: ['docker.io/foo.bar/x', 'docker.io/localhost/x', 'docker.io/library/a', `${'a-'.repeat(126)}b`],
  inputs: fc.oneof(
    fc.tuple(name, tag, digest).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.stringMatching(/^[a-zA-Z0-9._:@/-]{0,80}$/),
  ),
  check(text) {
    const parsed = taken(() => parseReference(text));
    if (!parsed) return;
    same(parseReference(familiarReference(parsed)), parsed, 'the reference as people write it');
    const { domain, path } = parseReference(canonicalName(parsed));
    same({ domain, path }, { domain: parsed.domain, path: parsed.path }, 'the name in full');
  },
};
