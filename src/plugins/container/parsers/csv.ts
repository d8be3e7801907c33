import { GantryError } from '../../../kernel/index.js';

/** A field in quotes, in which two quotes are one; or one without any. */
const FIELD = /"((?:[^"]|"")*)"|([^",]*)/y;

/**
 * The fields of one line of comma-separated values (RFC 4180): `type=bind,"src=/a,b",dst=/c`.
 * @throws GantryError `usage` for quotes that do not fit
 */
export function csvFields(line: string): string[] {
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    FIELD.lastIndex = at;
    const [whole = '', quoted, plain = ''] = FIELD.exec(line) ?? [];
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (at === line.length) return fields;
    if (line[at] !== ',') throw new GantryError('usage', `parse error on line 1, column ${at + 1}: bare " in ${line}`);
  }
}

/** `key=value` as its two parts; no value where there is no `=`. */
export function keyAndValue(field: string): [key: string, value: string | undefined] {
  const at = field.indexOf('=');
  return at < 0 ? [field, undefined] : [field.slice(0, at), field.slice(at + 1)];
}

/** The words that Go's `strconv.ParseBool` takes; undefined for others. */
export function booleanOf(text: string): boolean | undefined {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}
