import { closeSync, constants, fstatSync, open, openSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { openTerminal } from './open-terminal.js';
import { copyInput, parseSize } from './terminal.js';

/**
 * The program that stands between a container with a terminal and its monitor: it holds the engine's end of the
 * terminal, and needs no daemon. Input and output are the same pipes as any container's; sizes come as `columns rows`
 * lines.
 * Arguments: `console` or `pass`, path of the pipe for sizes, columns, rows, then the monitor's command line.
 */
const [how = '', sizes = '', columns = '80', rows = '24', ...command] = process.argv.slice(2);
const folder = dirname(sizes);
const GO_DESCRIPTOR = 3;

function waitForGo(): boolean {
  try {
    return readSync(GO_DESCRIPTOR, Buffer.alloc(16)) > 0;
  } catch {
    return false;
  }
}

function writeAll(fd: number, data: Buffer): void {
  for (let rest = data; rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
}

if (waitForGo()) {
  const terminal = await openTerminal(how, command, {
    folder,
    columns: Number(columns),
    rows: Number(rows),
    drain: true,
    runtime: 'its child',
  });
  terminal.onData((data) => writeAll(1, data));
  terminal.onExit(keepOutput);

  if (fstatSync(0).isFIFO()) copyInput(terminal, readFrom(0));

  const lines = readFrom(openSync(sizes, constants.O_RDWR | constants.O_NONBLOCK));
  createInterface({ input: lines }).on('line', (line) => {
    const size = parseSize(line);
    if (size) terminal.resize(...size);
  });
}

/** Like the monitor: bytes in the pipe stay there until an engine has read them. */
function keepOutput(): void {
  openSync(`${folder}/out`, constants.O_RDONLY | constants.O_NONBLOCK);
  for (const writer of [1, 2]) closeSync(writer);
  // Not by process.exit(), which waits for threads that may never end.
  open(`${folder}/end`, 'r', () => process.kill(process.pid, 'SIGKILL'));
}

/** Reads a pipe in the event loop: a thread that waited for it would keep this process from ending. */
function readFrom(fd: number): Socket {
  return new Socket({ fd, readable: true, writable: false }).on('error', () => {});
}
