import { Graph, type Image } from '../../../../src/plugins/image/index.js';
import type { ImageCalls } from './client.js';
import { stream, tar } from './tars.js';

export const ARCHIVE = tar([{ path: 'file', body: 'x'.repeat(1234) }]);

export async function imported({ docker }: ImageCalls, ...args: string[]): Promise<string> {
  const { stdout } = await docker(['import', '-', ...args], { stdin: stream(ARCHIVE) });
  return stdout.trim();
}

export async function graphOf({ services }: ImageCalls): Promise<Graph> {
  await services.ensure([Graph]);
  return services.resolve(Graph);
}

export async function imageOf(calls: ImageCalls, reference: string): Promise<Image> {
  return (await graphOf(calls)).get(reference);
}
