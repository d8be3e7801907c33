import test from 'ava';
import { parsePlatform } from '../../../../src/plugins/image/config/platform.js';
import { choosePlatform } from '../../../../src/plugins/registry/distribution/choose-platform.js';
import type { IndexEntry } from '../../../../src/plugins/registry/distribution/manifest.js';

const entry = (digest: string, os: string, architecture: string, variant?: string): IndexEntry => {
  const platform = { os, architecture, ...(variant !== undefined && { variant }) };
  return { mediaType: '', digest, size: 1, platform };
};
const entries = [
  entry('attestation', 'unknown', 'unknown'),
  entry('windows', 'windows', 'amd64'),
  entry('arm6', 'linux', 'arm', 'v6'),
  entry('arm7', 'linux', 'arm', 'v7'),
  entry('amd64', 'linux', 'amd64'),
];

test('platforms as people write them', (t) => {
  t.deepEqual(parsePlatform('linux/arm64/v8'), { os: 'linux', architecture: 'arm64', variant: 'v8' });
  t.deepEqual(parsePlatform('aarch64'), { os: 'linux', architecture: 'arm64' });
  for (const text of ['', 'a/b/c/d', 'linux/', 'linux/arm 64']) t.throws(() => parsePlatform(text), undefined, text);
});

const chosen = test.macro((t, wanted: string, digest: string) => {
  t.is(choosePlatform(entries, parsePlatform(wanted), 'app:1').digest, digest);
});
test('the one that there is', chosen, 'linux/amd64', 'amd64');
test('a variant', chosen, 'linux/arm/v7', 'arm7');
test('no variant asked for', chosen, 'linux/arm', 'arm7');
test('an older variant', chosen, 'linux/arm/v8', 'arm7');
test('nothing newer', chosen, 'linux/arm/v6', 'arm6');

const only = test.macro((t, wanted: string, ...offered: IndexEntry[]) => {
  t.is(choosePlatform(offered, parsePlatform(wanted), 'app:1').digest, 'it');
});
test('one of 32 bits, where there is no other', only, 'linux/amd64', entry('it', 'linux', '386'));
test('the first without a variant', only, 'amd64', entry('v3', 'linux', 'amd64', 'v3'), entry('it', 'linux', 'amd64'));
test('one that names no platform, where no other fits', only, 'amd64', entry('arm', 'linux', 'arm'), {
  ...{ mediaType: '', digest: 'it', size: 1, platform: undefined },
});
test('a kind that names no variant', only, 'linux/arm64/v8', entry('it', 'linux', 'arm64'));

test('what does not run there is not chosen', (t) => {
  for (const [wanted, ...offered] of [
    ['linux/arm/v5', entry('x', 'linux', 'arm', 'v6'), entry('x', 'linux', 'arm64')],
    ['linux/386', entry('x', 'linux', 'amd64')],
    ['linux/amd64', entry('x', 'windows', 'amd64'), entry('x', 'unknown', 'unknown')],
  ] as [string, ...IndexEntry[]][]) {
    t.throws(() => choosePlatform(offered, parsePlatform(wanted), 'app:1'), undefined, wanted);
  }
});

test('none: what there is is told', (t) => {
  const error = t.throws(() => choosePlatform(entries, parsePlatform('linux/s390x'), 'app:1'));
  t.like(error, { kind: 'not found' });
  t.regex(error.message, /linux\/s390x in the manifest list of app:1 \(there are windows\/amd64, linux\/arm\/v6/);
  t.notRegex(error.message, /unknown/);
});
