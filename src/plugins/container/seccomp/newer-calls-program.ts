/** One processor's way to call the kernel, as seccomp(2) shows it to a filter. */
export interface Abi {
  /** AUDIT_ARCH_* of <linux/audit.h>. */
  readonly audit: number;
  /** Bits of the number that tell this way from another of the same `audit`: those that matter, and those that are set. */
  readonly mask: number;
  readonly bits: number;
}

/** What a filter says of calls that come before those known to libseccomp. */
export interface NewerCalls {
  readonly abi: Abi;
  /** Numbers without the bits of the ABI, and what the kernel does: SECCOMP_RET_*. */
  readonly calls: readonly { readonly number: number; readonly action: number }[];
  /** What is done with every number above one; absent: what is done by default. */
  readonly beyond?: { readonly number: number; readonly action: number };
}

const X32_BIT = 0x4000_0000;
const X86_64 = 0xc000_003e;

/** By the names of the OCI specification. */
export const ABIS: Readonly<Record<string, Abi>> = {
  SCMP_ARCH_X86_64: { audit: X86_64, mask: X32_BIT, bits: 0 },
  SCMP_ARCH_X32: { audit: X86_64, mask: X32_BIT, bits: X32_BIT },
  SCMP_ARCH_X86: { audit: 0x4000_0003, mask: 0, bits: 0 },
  SCMP_ARCH_AARCH64: { audit: 0xc000_00b7, mask: 0, bits: 0 },
  SCMP_ARCH_ARM: { audit: 0x4000_0028, mask: 0, bits: 0 },
};

/** Instructions of <linux/bpf_common.h>, and where `struct seccomp_data` has what they load. */
const [LOAD, AND, RETURN, IF_EQUAL, IF_GREATER, IF_AT_LEAST] = [0x20, 0x54, 0x06, 0x15, 0x25, 0x35];
const [NUMBER, ARCHITECTURE] = [0, 4];
const INSTRUCTION_BYTES = 8;

interface Instruction {
  readonly code: number;
  readonly operand: number;
  /** Instructions to pass over. */
  readonly ifTrue?: number;
  readonly ifFalse?: number;
}

/**
 * Instructions to put before a filter of libseccomp, in the byte order of the host: they decide what that does not know, and
 * let the filter decide the rest.
 */
export function newerCallsProgram(rules: readonly NewerCalls[]): Buffer {
  const blocks = rules.filter(({ calls, beyond }) => calls.length > 0 || beyond !== undefined).map(blockOf);
  return Buffer.concat(blocks.flat().map(encode));
}

function blockOf({ abi: { audit, mask, bits }, calls, beyond }: NewerCalls): Instruction[] {
  const verdicts = [
    ...calls.flatMap(({ number, action }) => [
      { code: IF_EQUAL, operand: number + bits, ifFalse: 1 },
      { code: RETURN, operand: action },
    ]),
    ...(beyond
      ? [
          { code: IF_GREATER, operand: beyond.number + bits, ifFalse: 1 },
          { code: RETURN, operand: beyond.action },
        ]
      : []),
  ];
  // Most calls are older than all of these.
  const first = Math.min(...calls.map(({ number }) => number), ...(beyond ? [beyond.number + 1] : []));
  const isOlder = { code: IF_AT_LEAST, operand: first + bits, ifFalse: verdicts.length };
  const numberIsOfAbi =
    mask === 0
      ? []
      : [
          { code: LOAD, operand: NUMBER },
          { code: AND, operand: mask },
          { code: IF_EQUAL, operand: bits, ifFalse: verdicts.length + 2 },
        ];
  const rest = [...numberIsOfAbi, { code: LOAD, operand: NUMBER }, isOlder, ...verdicts];
  return [{ code: LOAD, operand: ARCHITECTURE }, { code: IF_EQUAL, operand: audit, ifFalse: rest.length }, ...rest];
}

function encode({ code, operand, ifTrue = 0, ifFalse = 0 }: Instruction): Buffer {
  const bytes = Buffer.alloc(INSTRUCTION_BYTES);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(operand, 4);
  return bytes;
}
