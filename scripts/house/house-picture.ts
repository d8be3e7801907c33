/** Draws the rooms of `src` and the arrows between them, and puts the picture into docs/architecture.md:  npm run docs */
import { readFileSync, writeFileSync } from 'node:fs';
import { importsOf, isBelow, isFrontDoor, readSources, roomOf, type Sources } from './imports.js';

const DOCS = 'docs/architecture.md';
const BEGIN = '<!-- The rooms: npm run docs -->';
const END = '<!-- End of the rooms -->';

type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * A line for each house with the houses that it imports, and below it one for each of its rooms with those that it imports there.
 * Each imports only what stands above it.
 */
export function housePicture(sources: Sources): string {
  const rooms = arrowsBetween(sources, (path) => roomIn(path, sources));
  const houses = arrowsBetween(sources, (path) => houseOf(path, sources));
  return inLayers(houses)
    .flatMap((house) => {
      const own = new Map(
        [...rooms].filter(([room]) => isBelow(room, house) && houseOf(`${room}/x.ts`, sources) === house),
      );
      const names = inLayers(own).map((room) => [
        `  ${room.slice(house.length + 1)}`,
        ...[...(own.get(room) ?? [])].filter((other) => own.has(other)).map((other) => other.slice(house.length + 1)),
      ]);
      return [[house, ...(houses.get(house) ?? [])], ...names].map(line);
    })
    .join('\n');
}

/** @throws Error where the text has no place for the picture */
export function withPicture(text: string, picture: string): string {
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${DOCS} has no place between '${BEGIN}' and '${END}'`);
  return `${text.slice(0, before)}${BEGIN}\n\n\`\`\`text\n${picture}\n\`\`\`\n\n${text.slice(after)}`;
}

const NAME_WIDTH = 20;

function line([name = '', ...imported]: readonly string[]): string {
  return `${name.padEnd(NAME_WIDTH)} ${imported.sort().join(' ')}`.trimEnd();
}

/** A folder with rooms in it, or without any around it: `kernel`, `plugins/container`, `engine`. */
function houseOf(path: string, sources: Sources): string {
  const room = roomIn(path, sources);
  if (room === '') return path.replace(/\.ts$/, '');
  const folders = room.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  return folders.findLast((folder) => hasRooms(folder, sources)) ?? room;
}

/** The room of a file. `commands` are one only where there are others. */
function roomIn(path: string, sources: Sources): string {
  const room = roomOf(path);
  const above = room.replace(/(^|\/)[^/]*$/, '');
  return sources.has(`${room}/index.ts`) || hasRooms(above, sources) || above === '' ? room : above;
}

function hasRooms(folder: string, sources: Sources): boolean {
  return (
    folder !== 'plugins' &&
    [...sources.keys()].some((path) => /\/index\.ts$/.test(path) && isBelow(roomOf(path), folder))
  );
}

/** From each room or house to the others that it imports. Front doors belong to the house, and to no room. */
function arrowsBetween(sources: Sources, nodeOf: (path: string) => string): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const path of sources.keys()) arrows.set(nodeOf(path), new Set());
  for (const one of importsOf(sources)) {
    const [from, to] = [nodeOf(one.from), nodeOf(one.to)];
    if (from !== to && !isFrontDoor(one)) arrows.get(from)?.add(to);
  }
  return arrows;
}

/** First the nodes that import nothing, then those that import only these, and so on; in alphabetical order within a layer. */
function inLayers(arrows: Arrows): readonly string[] {
  const done: string[] = [];
  while (done.length < arrows.size) {
    const isReady = (node: string): boolean =>
      [...(arrows.get(node) ?? [])].every((other) => done.includes(other) || !arrows.has(other));
    const open = [...arrows.keys()].filter((node) => !done.includes(node));
    const ready = open.filter(isReady);
    done.push(...(ready.length > 0 ? ready : open).toSorted());
  }
  return done;
}

if (import.meta.main) {
  writeFileSync(DOCS, withPicture(readFileSync(DOCS, 'utf8'), housePicture(readSources('.'))));
}
