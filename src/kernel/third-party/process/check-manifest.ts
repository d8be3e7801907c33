import { GantryError } from '../../contracts/index.js';
import { FlagTable } from '../../parsing/index.js';
import type { Manifest } from '../protocol/index.js';

/** Far more than any plugin needs, and little enough to keep hundreds in memory. */
const MOST_BYTES = 256 << 10;
const MOST_MEMBERS = 1000;

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const whole: Check = (value) => Number.isSafeInteger(value);
const truth: Check = (value) => typeof value === 'boolean';
const matching =
  (form: RegExp): Check =>
  (value) =>
    typeof value === 'string' && form.test(value);
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const listOf =
  (member: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= MOST_MEMBERS && value.every(member);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const record =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(members).every(([key, check]) => check((value as Record<string, unknown>)[key]));

const effect = oneOf('read', 'write', 'exec', 'destroy');
/** As of an interface. It becomes an export of `gantry`: no word of JavaScript may come in like that. */
const label = matching(/^[A-Z][A-Za-z0-9_]*$/);
const member = matching(/^[\w$]+\.[\w$]+$/);
const completion: Check = (value) => text(value) || listOf(text)(value);

const option = record({
  property: text,
  flags: text,
  description: text,
  type: oneOf('boolean', 'string', 'integer', 'list'),
  value: maybe(text),
  shownDefault: maybe(text),
  hidden: maybe(truth),
  complete: maybe(completion),
});

const command = record({
  metadata: record({
    name: text,
    summary: text,
    group: oneOf('Common Commands', 'Management Commands', 'Commands'),
    usage: text,
    args: record({ min: whole, max: maybe(whole), complete: maybe(listOf(completion)) }),
    stopsAtFirst: maybe(truth),
    examples: maybe(listOf(listOf(text))),
    effects: listOf(effect),
    failureExitCode: maybe(whole),
  }),
  options: listOf(option),
});

const extension = record({
  name: text,
  command: text,
  options: listOf(option),
  around: truth,
  onFailure: oneOf('skip', 'refuse'),
});

const effects: Check = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => effect(one));

const PARTS: Readonly<Record<keyof Manifest, readonly [check: Check, whatIsRight: string]>> = {
  id: [matching(/^[a-z][a-z0-9-]*$/), 'lower case letters, digits and dashes'],
  api: [whole, 'a whole number'],
  summary: [text, 'one line of text'],
  rights: [
    listOf(matching(/^[A-Z][A-Za-z0-9_]*\.(read|write|exec|destroy|all|listen)$/)),
    "a list such as ['Containers.read']",
  ],
  replaces: [listOf(text), 'a list of names of commands'],
  asks: [listOf(label), 'a list of labels'],
  commands: [listOf(command), 'commands as @Command and @Option describe them'],
  extensions: [listOf(extension), 'extensions as @Extends and @Option describe them'],
  handlers: [listOf(record({ name: member, action: text })), 'methods with @On'],
  columns: [listOf(record({ name: member, command: text, header: text })), 'methods with @Column'],
  filters: [
    listOf(record({ name: member, command: text, filter: matching(/^[a-z][\w.-]*$/) })),
    'methods with @Filter',
  ],
  services: [listOf(record({ label, effects })), 'services with the effect of each method'],
  transports: [listOf(matching(/^[a-z][a-z0-9+]*$/)), 'schemes in lower case'],
};

/**
 * Believes nothing of what a plugin's process says of its plugin.
 * @throws GantryError `invalid`, naming the part that is wrong
 */
export function checkManifest(value: unknown): Manifest {
  const manifest = (value ?? {}) as Record<keyof Manifest, unknown>;
  for (const [part, [check, whatIsRight]] of Object.entries(PARTS)) {
    if (check(manifest[part as keyof Manifest])) continue;
    const found = jsonOf(manifest[part as keyof Manifest]).slice(0, 60);
    throw new GantryError('invalid', `the plugin's ${part} must be ${whatIsRight}, and is ${found}`);
  }
  if (jsonOf(manifest).length > MOST_BYTES) throw new GantryError('invalid', 'the plugin describes too much');
  const checked = structuredClone(manifest) as Manifest;
  for (const { options } of [...checked.commands, ...checked.extensions]) checkFlags(options);
  return checked;
}

/** @throws GantryError `invalid` for what JSON cannot say, a circle above all */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch (error) {
    throw new GantryError('invalid', "the plugin's manifest is not valid", { cause: error });
  }
}

/** @throws GantryError `invalid` for flags that are none, or that clash */
function checkFlags(options: Manifest['commands'][number]['options']): void {
  try {
    new FlagTable(options);
  } catch (error) {
    throw new GantryError('invalid', (error as Error).message, { cause: error });
  }
}
