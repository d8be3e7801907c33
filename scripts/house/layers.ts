/** Checks who may import what in `src`, and names the rule that a line breaks:  node dist/scripts/house/layers.js [ROOT] */
import { cycleIn } from './cycle.js';
import { type Import, importsOf, isBelow, isFrontDoor, readSources, roomOf, type Sources } from './imports.js';

/** The houses that each may import beside itself. `main.ts` may import all. */
const HOUSES: Readonly<Record<string, readonly string[]>> = {
  host: [],
  kernel: ['host'],
  transport: ['host', 'kernel'],
  sysinit: ['host', 'kernel'],
  plugins: ['host', 'kernel', 'sysinit'],
  engine: ['host', 'kernel', 'plugins'],
  client: ['engine', 'host', 'kernel', 'plugins', 'transport'],
  daemon: ['engine', 'host', 'kernel', 'plugins', 'transport'],
};

/** Files and folders that may import files of other rooms past their `index.ts`, and why. */
const BY_FILE: Readonly<Record<string, string>> = {
  'main.ts': 'bundled into the client, which loads no more than it must',
  'transport/client': 'bundled into the client, which loads no more than it must',
  'engine/plugin-testing.ts': 'its types become the text of gantry/test, which names the files that declare them',
};

export const RULES = {
  houses: 'a house imports only the houses below it',
  plugins: 'a plugin is imported through its index.ts alone',
  kernel: 'a plugin imports the kernel through its index.ts alone',
  rooms: 'a room is entered through its index.ts',
  cycles: 'rooms form no cycle',
} as const;

/** @returns a line for each import that breaks a rule, and for each cycle */
export function complaints(sources: Sources): readonly string[] {
  const imports = importsOf(sources);
  const lines = imports.flatMap((one) => {
    const complaint =
      houseComplaint(one) ?? pluginComplaint(one) ?? kernelComplaint(one) ?? roomComplaint(one, sources);
    return complaint ? [`src/${one.from}:${one.line}: ${complaint}`] : [];
  });
  return [...lines, ...cycleComplaints(imports, sources)];
}

function houseComplaint({ from, to }: Import): string | undefined {
  const [own = '', other = ''] = [from, to].map((path) => path.split('/')[0]);
  const allowed = HOUSES[own];
  if (!allowed || own === other || allowed.includes(other)) return undefined;
  const may = allowed.length === 0 ? 'nothing but itself' : `itself, ${allowed.join(', ')}`;
  return `'${own}' imports ${to}. Rule: ${RULES.houses}; '${own}' may import ${may}`;
}

function pluginComplaint({ from, to }: Import): string | undefined {
  const [own, other] = [from, to].map(pluginOf);
  if (other === undefined || other === own || to === `plugins/${other}/index.ts` || mayNameFiles(from))
    return undefined;
  return `imports ${to}. Rule: ${RULES.plugins}`;
}

function kernelComplaint({ from, to }: Import): string | undefined {
  if (pluginOf(from) === undefined || !to.startsWith('kernel/') || to === 'kernel/index.ts') return undefined;
  return `imports ${to}. Rule: ${RULES.kernel}`;
}

function pluginOf(path: string): string | undefined {
  return /^plugins\/([^/]+)\//.exec(path)?.[1];
}

function mayNameFiles(path: string): boolean {
  return BY_FILE[path] !== undefined || BY_FILE[roomOf(path)] !== undefined;
}

/** A file may import what lies in a folder above its own: plugins without rooms keep their files beside `commands`. */
function roomComplaint(one: Import, sources: Sources): string | undefined {
  const { from, to, isLate } = one;
  const room = roomOf(to);
  const door = `${room}/index.ts`;
  if (isLate || room === roomOf(from) || to === door || !sources.has(door)) return undefined;
  if (isBelow(roomOf(from), room) || isFrontDoor(one) || mayNameFiles(from)) return undefined;
  return `imports ${to}. Rule: ${RULES.rooms}; import ${door}, or import(...) the file when it is needed`;
}

/** A folder without an `index.ts` is no room. `commands` is one, beside rooms: nobody else enters it. */
function cycleComplaints(imports: readonly Import[], sources: Sources): readonly string[] {
  const rooms = new Set([...sources.keys()].filter((path) => path.endsWith('/index.ts')).map(roomOf));
  const isRoom = (folder: string): boolean =>
    rooms.has(folder) ||
    (folder.endsWith('/commands') && [...rooms].some((room) => isBelow(room, folder.slice(0, -'/commands'.length))));
  const arrows = new Map<string, Map<string, Import>>();
  for (const one of imports) {
    const [from, to] = [roomOf(one.from), roomOf(one.to)];
    if (from === to || !isRoom(from) || !isRoom(to) || isFrontDoor(one)) continue;
    const own = arrows.get(from) ?? new Map<string, Import>();
    arrows.set(from, own.set(to, own.get(to) ?? one));
  }
  const cycle = cycleIn(new Map([...arrows].map(([room, others]) => [room, [...others.keys()]])));
  if (!cycle) return [];
  const reasons = cycle.slice(1).map((room, index) => {
    const one = arrows.get(cycle[index] ?? '')?.get(room);
    return `  src/${one?.from}:${one?.line} imports ${one?.to}`;
  });
  return [[`src: ${cycle.join(' -> ')}. Rule: ${RULES.cycles}`, ...reasons].join('\n')];
}

if (import.meta.main) {
  const found = complaints(readSources(process.argv[2] ?? '.'));
  for (const complaint of found) process.stderr.write(`${complaint}\n`);
  if (found.length > 0) process.exitCode = 1;
}
