import { fstatSync, rmSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { killMembers } from '../cgroups/index.js';
import { copyInput, openTerminal, parseSize } from '../terminals/index.js';

/**
 * The program that is the monitor of an `exec` with a terminal (`exec-monitor-script.ts` is that of one without): it
 * holds the engine's end of the terminal. Sizes come on descriptor 3 as `columns rows` lines; its end of file means
 * that the engine has died, and ends the program. Detached, it needs no engine.
 * Arguments: `console` or `pass`, `attached` or `detached`, folder, control group, columns, rows, then the runtime's command line.
 */
const [how = '', mode = '', folder = '', group = '', columns = '80', rows = '24', ...command] = process.argv.slice(2);
const SIZES_DESCRIPTOR = 3;
/** As this process sees it: its own mounts hide it behind the container's. */
const GROUP_FOLDER = '/proc/self/fd/4';

const terminal = await openTerminal(how, command, {
  folder,
  columns: Number(columns),
  rows: Number(rows),
  drain: false,
  runtime: 'itself',
});
terminal.onData((data) => writeAll(1, data));
terminal.onExit(({ exitCode, signal }) => process.exit(signal ? 128 + numberOf(signal) : exitCode));

if (mode === 'attached') {
  if (fstatSync(0).isFIFO()) {
    copyInput(
      terminal,
      new Socket({ fd: 0, readable: true, writable: false }).on('error', () => {}),
    );
  }
  const sizes = new Socket({ fd: SIZES_DESCRIPTOR, readable: true, writable: false }).on('error', () => {});
  createInterface({ input: sizes })
    .on('line', (line) => {
      const size = parseSize(line);
      if (size) terminal.resize(...size);
    })
    .on('close', abandon);
}

function numberOf(signal: NodeJS.Signals | number): number {
  return typeof signal === 'number' ? signal : constants.signals[signal];
}

/** Writes all of it; a closed pipe ends the program. */
function writeAll(fd: number, data: Buffer): void {
  try {
    for (let rest = data; rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
  } catch {
    void abandon();
  }
}

async function abandon(): Promise<void> {
  try {
    rmSync(folder, { recursive: true, force: true });
    if (group) await killMembers(group, [GROUP_FOLDER]);
  } catch {
    // It has not started, or has ended.
  }
  terminal.kill();
  process.exit(1);
}
