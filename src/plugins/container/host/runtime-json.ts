import type { OciProcess, OciSpec } from '../contracts/index.js';
import { isUnlimited } from './rlimits.js';

/** Of setrlimit(2): RLIM_INFINITY, which no number of JavaScript is. */
const RLIM_INFINITY = '18446744073709551615';

/** Not in TypeScript's library yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** The JSON of an OCI configuration, or of its process, as a runtime reads it: a limit that is none has the kernel's number. */
export function runtimeJson(spec: OciSpec | OciProcess): string {
  return JSON.stringify(spec, (key, value) => (key === 'rlimits' ? value.map(kernelLimit) : value));
}

function kernelLimit({ type, soft, hard }: OciProcess['rlimits'][number]): object {
  return { type, soft: kernelNumber(soft), hard: kernelNumber(hard) };
}

function kernelNumber(limit: number): unknown {
  return isUnlimited(limit) ? rawJSON(RLIM_INFINITY) : limit;
}
