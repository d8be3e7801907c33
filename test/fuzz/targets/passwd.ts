import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { resolveUser, type User } from '../../../src/sysinit/users.js';
import { edited } from '../bytes.js';
import { same } from '../fuzz.js';
import { type Target, taken } from '../target.js';
import { RootFolder } from './root-folder.js';

interface Input {
  readonly passwd: Buffer;
  readonly group: Buffer;
  readonly user: string;
  readonly groups: readonly string[];
}

const name = fc.constantFrom('root', 'app', 'ap', 'app2', '0', '1000', '4294967296', '', ' app', 'a:b', 'é', '\xff');
const id = fc.constantFrom('0', '1000', '-1', '+5', '2147483647', '2147483648', '4294967296', '', 'x', '007', ' 7');
const line = fc
  .tuple(name, id, id, fc.constantFrom('/home/a', '', '/x:y'))
  .map(([who, uid, gid, home]) => [who, 'x', uid, gid, '', home, '/bin/sh'].join(':'));
const groupLine = fc
  .tuple(name, id, fc.array(name, { maxLength: 3 }))
  .map(([who, gid, members]) => [who, '', gid, members.join(',')].join(':'));
const file = (lines: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  edited(
    fc
      .tuple(fc.array(lines, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', '\n\n'))
      .map(([all, end]) => Buffer.from(all.join(end))),
    2,
  );

const folder = new RootFolder();

/** The accounts of a container, as a plain reading of the files has them. */
export const passwd: Target<Input> = {
  corpus: [
    { passwd: Buffer.alloc(1 << 20, '\n'), group: Buffer.alloc(1 << 20, 'g:x:5:u,u\n'), user: 'u', groups: [] },
    { passwd: Buffer.from('4294967296:x:0:0::/:\n'), group: Buffer.alloc(0), user: '4294967296', groups: [] },
  ],
  inputs: fc.record({
    passwd: file(line),
    group: file(groupLine),
    user: fc.oneof(
      name,
      fc.tuple(fc.oneof(name, id), fc.oneof(name, id)).map((words) => words.join(':')),
    ),
    groups: fc.array(fc.oneof(name, id), { maxLength: 2 }),
  }),
  check({ passwd: accounts, group, user, groups }) {
    const root = folder.empty();
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/passwd'), accounts);
    writeFileSync(join(root, 'etc/group'), group);
    const found = taken(() => resolveUser(root, user, groups));
    if (found) isRight(found, user, accounts, group);
  },
  close: () => folder.remove(),
};

const MOST = 2 ** 31 - 1;

function isRight(found: User, asked: string, accounts: Buffer, group: Buffer): void {
  const ids = [found.uid, found.gid, ...found.additionalGids];
  if (!ids.every((each) => Number.isInteger(each) && each >= 0 && each <= MOST)) throw new Error(`ids ${ids}`);
  same(found.additionalGids[0], found.gid, 'the first group');
  const [who = '', ofGroup = ''] = asked.includes(':')
    ? [asked.split(':', 1)[0], asked.slice(asked.indexOf(':') + 1)]
    : [asked];
  const entry = entriesOf(accounts).find(([called = '', , uid, gid]) => {
    const isIt = /^[+-]?\d+$/.test(who) || who === '' ? Number(uid) === Number(who) : called === who;
    return called !== '' && isId(uid) && isId(gid) && isIt;
  });
  same(found.name, entry?.[0], 'the name');
  if (entry && !ofGroup) same(found.gid, Number(entry[3]), 'the group');
  if (ofGroup && !/^[+-]?\d+$/.test(ofGroup)) {
    const named = entriesOf(group).find(([called, , gid]) => called === ofGroup && isId(gid));
    same(found.gid, Number(named?.[2]), 'the group that was asked for');
  }
}

function entriesOf(bytes: Buffer): string[][] {
  const lines = bytes.toString('latin1').split('\n');
  return lines
    .map((each) => each.replace(/^[ \t\r\v\f]+|[ \t\r\v\f]+$/g, ''))
    .filter((each) => each.length >= 5)
    .map((each) => Buffer.from(each, 'latin1').toString('utf8').split(':'));
}

function isId(field: string | undefined): boolean {
  return field !== undefined && /^\d+$/.test(field) && Number(field) <= MOST;
}
