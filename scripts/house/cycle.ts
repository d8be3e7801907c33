/** The shortest cycle of a graph, its first node repeated at the end; undefined where there is none. */
export function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const cycles = [...graph.keys()].flatMap((node) => shortestBack(graph, node) ?? []);
  return cycles.toSorted((a, b) => a.length - b.length)[0];
}

function shortestBack(
  graph: ReadonlyMap<string, readonly string[]>,
  start: string,
): readonly [readonly string[]] | undefined {
  const seen = new Set<string>();
  let paths: (readonly string[])[] = [[start]];
  while (paths.length > 0) {
    const longer = paths.flatMap((path) => (graph.get(path.at(-1) ?? '') ?? []).map((next) => [...path, next]));
    const back = longer.find((path) => path.at(-1) === start);
    if (back) return [back];
    paths = longer.filter((path) => {
      const end = path.at(-1) ?? '';
      return !seen.has(end) && seen.add(end);
    });
  }
  return undefined;
}
