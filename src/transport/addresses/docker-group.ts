import { readFile } from 'node:fs/promises';

interface Group {
  readonly gid: number;
  readonly members: readonly string[];
}

const DOCKER = 'docker';

/** The id of the host's `docker` group, if it has one. */
export async function dockerGroupId(): Promise<number | undefined> {
  return (await dockerGroup())?.gid;
}

/** True for root and for the members of the `docker` group, by the host's user and group files. */
export async function mayUseDocker(uid: number): Promise<boolean> {
  if (uid === 0) return true;
  const group = await dockerGroup();
  if (!group) return false;
  return (await records('/etc/passwd')).some(
    ([name = '', , id, gid]) => isId(id, uid) && (isId(gid, group.gid) || group.members.includes(name)),
  );
}

async function dockerGroup(): Promise<Group | undefined> {
  const [, , gid, members = ''] = (await records('/etc/group')).find(([name]) => name === DOCKER) ?? [];
  return gid && /^\d+$/.test(gid) ? { gid: Number(gid), members: members.split(',') } : undefined;
}

async function records(path: string): Promise<string[][]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(':'));
}

function isId(text: string | undefined, id: number): boolean {
  return text !== undefined && /^\d+$/.test(text) && Number(text) === id;
}
