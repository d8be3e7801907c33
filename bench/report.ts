import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { GoalResult, RowResult } from './compare.js';
import type { PeerName } from './peers/peer.js';

const columns: readonly PeerName[] = ['gantry', 'gantry-local', 'gantry-plugins', 'docker', 'podman', 'node'];

export interface Report {
  readonly when: string;
  readonly host: { readonly kernel: string; readonly processors: string; readonly memoryBytes: number };
  readonly peers: Partial<Record<PeerName, string>>;
  readonly rows: readonly RowResult[];
}

export function describeHost(): Report['host'] {
  const all = cpus();
  return { kernel: release(), processors: `${all.length} x ${all[0]?.model ?? 'unknown'}`, memoryBytes: totalmem() };
}

export function writeJson(report: Report): string {
  const folder = join(import.meta.dirname, '../../bench/out');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'latest.json');
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}

/** A Markdown table with medians, and each goal below. */
export function asTable({ rows, peers, host }: Report): string {
  const shown = columns.filter((name) => peers[name] !== undefined);
  const head = ['', ...shown];
  const body = rows.map((row) => [row.title, ...shown.map((name) => cell(row, name))]);
  const goals = rows.flatMap((row) => row.goals.map((goal) => [row.title, inWords(goal, row), verdict(goal, row)]));
  return [
    `${host.processors}, Linux ${host.kernel}`,
    ...shown.map((name) => `${name}: ${peers[name]}`),
    '',
    ...aligned([head, ...body]),
    '',
    ...aligned([['goal', 'at most', 'now'], ...goals]),
    ...failures({ rows }),
    '',
  ].join('\n');
}

function cell(row: RowResult, name: PeerName): string {
  const result = row.results[name];
  if (result === undefined) return '';
  if ('error' in result) return 'failed';
  return amount(result.median, row.unit);
}

function amount(value: number, unit: RowResult['unit']): string {
  if (unit === 'x') return value.toFixed(2);
  if (unit === 'MB') return `${value.toFixed(2)} MB`;
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

function inWords({ subject, of, most }: GoalResult, { unit }: RowResult): string {
  return of === undefined ? `${subject} ${amount(most, unit)}` : `${subject} ${most.toFixed(2)} of ${of}`;
}

function verdict({ of, value, met }: GoalResult, { unit }: RowResult): string {
  if (value === undefined) return 'not measured';
  return `${of === undefined ? amount(value, unit) : value.toFixed(2)} ${met ? 'met' : 'MISSED'}`;
}

function failures(report: Pick<Report, 'rows'>): string[] {
  const lines = failedIn(report);
  return lines.length > 0 ? ['', ...lines] : [];
}

/** A line for each figure that could not be taken. */
export function failedIn({ rows }: Pick<Report, 'rows'>): string[] {
  return rows.flatMap(({ id, results }) =>
    Object.entries(results).flatMap(([peer, result]) =>
      'error' in result ? [`failed, ${id} of ${peer}: ${result.error}`] : [],
    ),
  );
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const [head = [], ...body] = table;
  const widths = head.map((_, column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${widths.map((w, n) => (row[n] ?? '').padEnd(w)).join(' | ')} |`;
  return [line(head), `| ${widths.map((w) => '-'.repeat(w)).join(' | ')} |`, ...body.map(line)];
}
