import { dirname } from 'node:path';
import type { BuildFailure, Message } from 'esbuild';
import { explained, gantryModule, missingMember, OPTIONS, ownFile } from '../sources/index.js';

/**
 * Compiles a test with all that it imports, but `gantry` and `gantry/test`, which the process provides.
 * @param names what `gantry` exports; others that begin as services do are taken for those of other plugins
 * @throws GantryError `invalid` with file and line
 */
export async function compileTest(entry: string, names: readonly string[]): Promise<string> {
  try {
    return await bundled(entry, names);
  } catch (error) {
    const services = ((error as Partial<BuildFailure>).errors ?? []).flatMap(serviceIn);
    if (services.length === 0) throw explained(error, entry);
    return bundled(entry, [...names, ...services]).catch((again) => Promise.reject(explained(again, entry)));
  }
}

async function bundled(entry: string, names: readonly string[]): Promise<string> {
  const { build } = await import('esbuild');
  const result = await build({
    ...OPTIONS,
    entryPoints: [entry],
    outdir: dirname(entry),
    plugins: [gantryModule(names), gantryModule(['engine'], 'gantry/test'), ownFile(entry)],
  });
  return result.outputFiles?.[0]?.text ?? '';
}

function serviceIn({ text }: Message): readonly string[] {
  const name = missingMember(text);
  return name !== undefined && /^[A-Z]/.test(name) ? [name] : [];
}
