import fc from 'fast-check';
import { withNames } from '../../../src/plugins/network/names/names-section.js';
import { edited, latin1 } from '../bytes.js';
import { same } from '../fuzz.js';
import type { Target } from '../target.js';

const BEGIN = '# Containers of the same networks. The engine keeps these lines up to date:\n';
const END = '# End of containers.\n';

const line = fc.constantFrom(
  '127.0.0.1\tlocalhost\n',
  BEGIN,
  END,
  '\n',
  'x',
  '10.0.0.2\tweb\n',
  '\xff\n',
  BEGIN.trimEnd(),
);
const names = fc
  .array(fc.constantFrom('10.0.0.3\tdb\n', '10.0.0.4\tapi a b\n'), { maxLength: 3 })
  .map((all) => all.join(''));

/** A hosts file, which its container writes as it likes: the engine's names come and go, and every other byte stays. */
export const hosts: Target<readonly [Buffer, string, string]> = {
  corpus: [
    [latin1('a'), 'b\n', ''],
    [latin1('\xff\xfe\n'), '10.0.0.3\tdb\n', ''],
    [latin1(`${END}${BEGIN}`), '10.0.0.3\tdb\n', ''],
  ],
  inputs: fc.tuple(
    edited(
      fc.array(line, { maxLength: 8 }).map((all) => latin1(all.join(''))),
      2,
    ),
    names,
    names,
  ),
  check([file, first, second]) {
    const once = withNames(file, first);
    if (!once.includes(first)) throw new Error('the names are not in it');
    if (first !== '') {
      same(withNames(once, first), once, 'the same names again');
      if (second !== '') same(withNames(once, second), withNames(file, second), 'other names after these');
    }
    const begin = file.indexOf(BEGIN);
    if (begin >= 0 && file.indexOf(END, begin) >= 0) return;
    const added = first === '' ? 0 : BEGIN.length + first.length + END.length;
    same(once.subarray(0, file.length), file, "the container's own bytes");
    if (once.length - file.length - added > 1) throw new Error('more than names was added');
  },
};
