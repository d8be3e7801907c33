import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { ImageCalls } from './client.js';
import { temporaryFolder } from './engine.js';
import { graphOf } from './imported.js';
import { stream, tar } from './tars.js';

/** `security.capability` as `setcap cap_net_raw=ep` stores it. */
export const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex').toString('latin1');

/** An image of two layers, the upper of which hides a file, with what archives tend to lose. */
export async function twoLayers(calls: ImageCalls): Promise<string> {
  const graph = await graphOf(calls);
  const base = await graph.create(
    stream(
      tar([
        { path: 'bin/', type: 'Directory', mode: 0o755 },
        { path: 'bin/ping', body: 'ping', mode: 0o755, pax: { 'SCHILY.xattr.security.capability': CAPABILITY } },
        { path: 'bin/su', body: 'su', mode: 0o4755 },
        { path: 'bin/link', type: 'Link', linkpath: 'bin/su' },
        { path: 'gone', body: 'hidden by the layer above' },
        { path: 'etc/', type: 'Directory', mode: 0o700, uid: 7, gid: 8 },
        { path: 'etc/name', type: 'SymbolicLink', linkpath: '../bin/su' },
      ]),
    ),
    { config: { Env: ['A=1'], Cmd: ['/bin/su'], Labels: { made: 'here' } }, comment: 'below' },
  );
  const top = await graph.create(stream(tar([{ path: '.wh.gone' }, { path: 'new', body: 'n' }])), { parent: base.id });
  await calls.docker(['tag', top.id, 'two/layers:1']);
  return top.id;
}

/** The path of what `save` writes. */
export async function saved(t: ExecutionContext, calls: ImageCalls, ...names: string[]): Promise<string> {
  const file = join(temporaryFolder(t), 'saved.tar');
  const { exitCode, failure } = await calls.docker(['save', '-o', file, ...names]);
  t.is(exitCode, 0, failure);
  return file;
}
