import test from 'ava';
import { NIL_MAP, TemplateMap } from '../../../src/kernel/templates/go-values.js';
import { compileTemplate } from '../../../src/kernel/templates/template.js';

const DATA = {
  List: ['a', 'b c'],
  Map: new TemplateMap({ k: 'v' }),
  None: NIL_MAP,
  Struct: { Name: 'x', Size: 3 },
  Bool: true,
  Nil: null,
};

/** Format, arguments, and what Go's fmt makes of them. */
const FORMATS: readonly (readonly [format: string, values: string, text: string])[] = [
  ['%05d|%5d|%-5d|%+d|% d', '3 3 3 3 3', '00003|    3|3    |+3| 3'],
  ['%05d|%+05d|%.3d|%6.3d', '-3 3 7 7', '-0003|+0003|007|   007'],
  ['%x|%X|%#x|%#X|%o|%#o|%O|%b|%#b', '255 255 255 255 8 8 8 5 5', 'ff|FF|0xff|0XFF|10|010|0o10|101|0b101'],
  ['%c|%q|%U|%08b', '65 65 65 5', "A|'A'|U+0041|00000101"],
  [
    '%f|%.2f|%8.3f|%-8.1f|%08.2f|%+.1f',
    '1.5 1.005 3.14159 2.5 -2.5 2.5',
    '1.500000|1.00|   3.142|2.5     |-0002.50|+2.5',
  ],
  ['%.1f %.1f %.0f %.0f %.1f', '2.25 2.35 0.5 1.5 2.45', '2.2 2.4 0 2 2.5'],
  ['%e|%.1E|%g|%G|%v', '1234.5 1234.5 0.00001 1e-7 1e21', '1.234500e+03|1.2E+03|1e-05|1E-07|1e+21'],
  [
    '%s|%10s|%-10s|%.2s|%5.1s|%-4.2sx',
    '"abc" "abc" "abc" "abc" "abc" "abc"',
    'abc|       abc|abc       |ab|    a|ab  x',
  ],
  [
    '%q|%#q|%+q|%x|% X|%#x',
    String.raw`"a\"b\n" "ab" "é" "hi" "hi" "hi"`,
    '"a\\"b\\n"|`ab`|"\\u00e9"|6869|68 69|0x6869',
  ],
  ['%t|%v|%5t', '.Bool false .Bool', 'true|false| true'],
  ['%v %s %q %d', '.List .List .List .Struct', '[a b c] [a b c] ["a" "b c"] {%!d(string=x) 3}'],
  ['%v %+v %v %v', '.Struct .Struct .Map .None', '{x 3} {Name:x Size:3} map[k:v] map[]'],
  ['%T %T %T %T %T %T', '1 1.5 "x" true .List .Map', 'int float64 string bool []string map[string]string'],
  ['%d|%s|%z|%t', '"x" 3 3 1', '%!d(string=x)|%!s(int=3)|%!z(int=3)|%!t(int=1)'],
  ['%d %d', '1', '1 %!d(MISSING)'],
  ['%d', '1 2 "x"', '1%!(EXTRA int=2, string=x)'],
  ['100%%|%', '', '100%|%!(NOVERB)'],
  ['%[2]d %[1]d %d', '1 2', '2 1 2'],
  ['%[3]d', '1', '%!d(BADINDEX)'],
  ['%*d|%-*d|%.*f', '5 42 5 42 2 3.14159', '   42|42   |3.14'],
  ['%v|%s', '.Nil .Nil', '<nil>|%!s(<nil>)'],
  ['%6v|%-6v|%06d', '"é" "é" 12', '     é|é     |000012'],
];

for (const [format, values, text] of FORMATS) {
  test(`printf ${format}`, (t) =>
    t.is(compileTemplate(`{{printf ${JSON.stringify(format)} ${values}}}`).render(DATA, false), text));
}
