import { constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { spawn } from 'node-pty';

/**
 * Stands in for the monitor of a container with a terminal: the terminal's engine end lives in this process, which
 * needs no daemon. Input and output are the same pipes as any container's; sizes come as `columns rows` lines.
 * Arguments: path of the pipe for sizes, columns, rows, then the monitor's command line.
 */
const [sizes = '', columns = '80', rows = '24', program = '', ...args] = process.argv.slice(2);
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
  const terminal = spawn(program, args, { cols: Number(columns), rows: Number(rows), encoding: null });
  terminal.onData((data) => writeAll(1, data as unknown as Buffer));
  terminal.onExit(() => process.exit(0));

  if (fstatSync(0).isFIFO()) readFrom(0).on('data', (data) => terminal.write(data));

  const lines = readFrom(openSync(sizes, constants.O_RDWR | constants.O_NONBLOCK));
  createInterface({ input: lines }).on('line', (line) => {
    const [newColumns = 0, newRows = 0] = line.split(' ').map(Number);
    if (newColumns > 0 && newRows > 0) terminal.resize(newColumns, newRows);
  });
}

/** Reads a pipe by the event loop: a thread that waited for it would keep this process from ending. */
function readFrom(fd: number): Socket {
  return new Socket({ fd, readable: true, writable: false }).on('error', () => {});
}
