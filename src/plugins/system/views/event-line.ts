import { compileTemplate, omitEmpty, plain, printableJson, TemplateMap, withGoNames } from '../../../kernel/index.js';
import type { EngineEvent } from '../contracts/index.js';

/**
 * How an event is written, a line each: as text, as `json`, or by a template.
 * @throws GantryError `invalid` for what is no template; the line: for a field that events do not have
 */
export function eventLine(format: string, isTerminal: boolean): (event: EngineEvent) => string {
  if (format === '') return textLine;
  if (format.trim() === 'json') return (event) => `${printableJson(describeEvent(event))}\n`;
  const template = compileTemplate(format);
  return (event) => `${template.render(describeEvent(event), isTerminal)}\n`;
}

/** Docker writes nanoseconds. */
function textLine({ time, type, action, actor, attributes }: EngineEvent): string {
  const moment = new Date(time).toISOString().replace('Z', '000000Z');
  const details = Object.keys(attributes)
    .sort()
    .map((key) => `${key}=${attributes[key]}`);
  return `${moment} ${plain(`${type} ${action} ${actor}${details.length > 0 ? ` (${details.join(', ')})` : ''}`)}\n`;
}

/** Under the names of Docker's API. `status`, `id` and `from` are its old names, for containers and images. */
function describeEvent({ time, type, action, actor, attributes }: EngineEvent): object {
  const isOld = type === 'container' || type === 'image';
  const described = {
    status: isOld ? action : '',
    id: isOld ? actor : '',
    from: type === 'container' ? (attributes['image'] ?? '') : '',
    Type: type,
    Action: action,
    Actor: { ID: actor, Attributes: new TemplateMap(attributes) },
    scope: 'local',
    time: Math.floor(time / 1000),
    // More than a number holds exactly, and yet its digits are right: the last six are zeros.
    timeNano: time * 1_000_000,
  };
  const names = {
    Status: 'status',
    ID: 'id',
    From: 'from',
    Scope: 'scope',
    Time: 'time',
    TimeNano: 'timeNano',
  } as const;
  return withGoNames(omitEmpty(described, 'status', 'id', 'from'), names);
}
