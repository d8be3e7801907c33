import { compileTemplate, shortId } from '../../../kernel/index.js';
import type { Container } from '../contracts/index.js';

/**
 * The details of a container's log, as Docker prints them before each line: labels and variables of the container that
 * `--log-opt labels=` and `env=` name, and its tag, by their names; empty where it has none.
 */
export function logDetails({ id, name, config }: Container): string {
  const { labels = '', env = '', tag } = config.log?.options ?? {};
  const variables = Object.fromEntries((config.process.Env ?? []).map((entry) => splitOnce(entry)));
  const found = new Map<string, string>();
  const take = (names: string, values: Readonly<Record<string, string>>): void => {
    for (const wanted of names.split(',')) {
      const value = Object.hasOwn(values, wanted) ? values[wanted] : undefined;
      if (value !== undefined) found.set(wanted, value);
    }
  };
  take(labels, config.process.Labels ?? {});
  take(env, variables);
  if (tag) found.set('tag', compileTemplate(tag).render(tagFields({ id, name, config }), false));
  const encoded = [...found].map(([key, value]) => `${queryEscaped(key)}=${queryEscaped(value)}`);
  return encoded.sort().join(',');
}

type Described = Pick<Container, 'id' | 'name' | 'config'>;

function tagFields({ id, name, config }: Described): Readonly<Record<string, string>> {
  return {
    ID: shortId(id),
    FullID: id,
    Name: name,
    ImageID: shortId(config.imageId),
    ImageFullID: config.imageId,
    ImageName: config.image,
    Command: config.args.join(' '),
    DaemonName: 'gantry',
  };
}

function queryEscaped(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function splitOnce(entry: string): [string, string] {
  const [name = ''] = entry.split('=', 1);
  return [name, entry.slice(name.length + 1)];
}
