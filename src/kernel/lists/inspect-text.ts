import { compileTemplate } from './template.js';

/** Objects as `inspect --format` wants them: indented JSON without one; `json`, on one line; a template, a line for each. */
export function inspectText(found: readonly object[], format = ''): string {
  if (format === '') return `${JSON.stringify(found, undefined, 4)}\n`;
  if (format.trim() === 'json') return `${JSON.stringify(found)}\n`;
  const template = compileTemplate(format);
  return found.map((one) => `${template.render(one)}\n`).join('');
}
