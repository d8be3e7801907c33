import type { Closure, Declared } from './declarations.js';

/**
 * `declare module 'NAME' { ... }`. @param exported the names that can be imported; the other declarations are those that these need
 * @param prelude comes first in it
 */
export function ambientModule(
  name: string,
  { declared }: Pick<Closure, 'declared'>,
  exported: ReadonlySet<string>,
  prelude = '',
): string {
  const open = declared.filter((one) => exported.has(one.name)).flatMap((one) => textsOf(one, 'export '));
  const hidden = declared.filter((one) => !exported.has(one.name)).flatMap((one) => textsOf(one, ''));
  // Without it, all that is declared in here would be exported.
  const body = [prelude, ...open, ...hidden, 'export {};'].filter(Boolean).join('\n\n');
  return `declare module '${name}' {\n${indented(body)}\n}\n`;
}

function textsOf({ texts }: Declared, start: string): readonly string[] {
  return texts.map((text) => {
    const halved = text.replace(/^( {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
    return halved.replace(
      /^(?:export )?(?:declare )?(?=(?:abstract |interface|class|type|const|function|enum))/m,
      start,
    );
  });
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
