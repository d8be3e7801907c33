import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../../../support/engine.js';

/** Builds prober.c, for containers without libraries, as `prober` in a folder. */
export function buildProber(folder: string): void {
  const source = join(PROJECT, 'test/plugins/container/support/prober.c');
  execFileSync('g++', ['-x', 'c', '-static', '-pthread', '-o', join(folder, 'prober'), source]);
}

/** What a machine's headers call its system calls, with their numbers. @param header `asm/unistd.h` */
export function callsOf(header: string): ReadonlyMap<string, number> {
  const input = `#define __X32_SYSCALL_BIT 0x40000000\n#include <${header}>\n`;
  const defined = execFileSync('g++', ['-E', '-dM', '-x', 'c', '-'], { input, encoding: 'utf8' });
  const found = defined.matchAll(/^#define __NR_(\w+) (?:\(__X32_SYSCALL_BIT \+ )?(\d+)\)?$/gm);
  const isX32 = header.includes('x32');
  const calls = [...found].map(([, name = '', number]) => [name, Number(number) + (isX32 ? 0x4000_0000 : 0)] as const);
  return new Map(calls.filter(([name]) => name !== 'syscalls' && name !== 'arch_specific_syscall'));
}
