import { posix } from 'node:path';
import { Readable } from 'node:stream';
import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  humanSize,
  Option,
  write,
} from '../../../kernel/index.js';
import { clientFilesOf } from '../config/index.js';
import { type ContainerFilesystem, type ContainerReader, Runtime } from '../contracts/index.js';
import {
  type CopyDestination,
  type CopySource,
  namesContents,
  resolveDestination,
  wantsFolder,
} from '../copy/index.js';
import { callerOf } from '../operations/index.js';

/** A path in a container, or one of the client where `container` is undefined; undefined for a stream. */
interface CopyPath {
  readonly word: string;
  readonly container: string | undefined;
  readonly path: string;
}

@Command({
  name: 'cp',
  summary: 'Copy files/folders between a container and the local filesystem',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER:SRC_PATH|SRC_PATH|- CONTAINER:DEST_PATH|DEST_PATH|-',
  args: { min: 2, max: 2, complete: ['container'] },
  examples: [
    ['docker cp web:/var/log ./logs', 'Take a folder out of web, running or not'],
    ['docker cp site/. web:/www', 'Put what is in a folder of yours into one of web'],
    ['docker cp web:/etc/motd db:/etc', 'Copy from one container to another'],
    ['docker cp web:/var/log - | tar -t', "A tar stream, with '-' in the place of a path"],
  ],
  effects: ['read', 'write'],
})
export class Cp implements CommandHandler {
  @Option('-L, --follow-link', 'Always follow symbol link in SRC_PATH')
  followLink = false;

  @Option('-a, --archive', 'Archive mode (copy all uid/gid information)')
  archive = false;

  @Option('-q, --quiet', 'Suppress progress output during copy')
  quiet = false;

  constructor(@Runtime private readonly runtime: ContainerFilesystem & ContainerReader) {}

  async run(context: CommandContext): Promise<void> {
    for (const [index, what] of ['source', 'destination'].entries()) {
      if (context.args[index] === '') throw new GantryError('usage', `${what} can not be empty`);
    }
    const [from, to] = context.args.map(parseCopyPath);
    if (to?.container !== undefined && to.word.endsWith(':')) {
      throw new GantryError('not found', `no such directory: ${to.word}`, {
        hint: `The root of the container is ${to.word}/`,
      });
    }
    const isLocal = (copyPath: CopyPath | undefined): boolean => copyPath?.container === undefined;
    if (isLocal(from) && isLocal(to)) throw new GantryError('usage', 'must specify at least one container source');
    const bytes = await this.#copy(context, from, to);
    if (this.quiet || !to || !context.terminal.stderr) return;
    await write(context.stderr, `Successfully copied ${humanSize(bytes)} to ${to.word}\n`);
  }

  /** @returns the bytes of the archive */
  async #copy(context: CommandContext, from: CopyPath | undefined, to: CopyPath | undefined): Promise<number> {
    if (!from) {
      const folder = to as CopyPath;
      await this.#requireFolder(context, folder);
      return this.#put(context, folder, { intoParent: false, as: '.' }, context.stdin);
    }
    const source = await this.#stat(context, from);
    if (!to) return this.#send(context, from, source.isContent ? '.' : source.name);
    const { container, path } = to;
    if (container === undefined) {
      const files = clientFilesOf(context);
      const target = resolveDestination(source, path, await files.look(path));
      await files.write(path, { beside: target.intoParent, owners: this.archive });
      return this.#send(context, from, target.as);
    }
    const existing = await this.runtime.statPath(this.#id(container), path, { follow: true, ...callerOf(context) });
    const at = { ...to, path: existing && !wantsFolder(path) ? existing.path : path };
    const target = resolveDestination(source, at.path, existing?.kind);
    return this.#put(context, at, target, await this.#read(context, from, target.as));
  }

  /** @throws GantryError `invalid`, in Docker's words */
  async #requireFolder(context: CommandContext, { container = '', path, word }: CopyPath): Promise<void> {
    const found = await this.runtime.statPath(this.#id(container), path, { follow: true, ...callerOf(context) });
    if (found?.kind === 'directory') return;
    throw new GantryError('invalid', `destination "${word}" must be a directory`);
  }

  async #stat(context: CommandContext, copyPath: CopyPath): Promise<CopySource> {
    const { container, path, word } = copyPath;
    const follow = this.#follows(path);
    const [kind, name] =
      container === undefined
        ? [await clientFilesOf(context).look(path, { followLink: follow }), posix.basename(context.resolvePath(path))]
        : [
            (await this.runtime.statPath(this.#id(container), path, { follow, ...callerOf(context) }))?.kind,
            posix.basename(posix.resolve('/', path)),
          ];
    const isContent = namesContents(path);
    if (!kind || ((isContent || path.endsWith('/')) && kind === 'file')) {
      const what = container === undefined ? word : `${path} in container ${container}`;
      throw new GantryError('not found', `Could not find the ${kind ? 'folder' : 'file'} ${what}`);
    }
    return { kind, name, isContent };
  }

  #read(context: CommandContext, { container, path }: CopyPath, as: string): Promise<Readable> {
    const follow = this.#follows(path);
    return container === undefined
      ? clientFilesOf(context).read(path, { as, followLink: follow, owners: this.archive })
      : this.runtime.getArchive(this.#id(container), path, { follow, as, ...callerOf(context) });
  }

  async #send(context: CommandContext, from: CopyPath, as: string): Promise<number> {
    let bytes = 0;
    for await (const chunk of await this.#read(context, from, as)) {
      if (context.stdout.destroyed) break;
      bytes += (chunk as Buffer).length;
      await write(context.stdout, chunk as Buffer);
    }
    return bytes;
  }

  async #put(
    context: CommandContext,
    { container = '', path }: CopyPath,
    { intoParent }: CopyDestination,
    archive: Readable,
  ): Promise<number> {
    let bytes = 0;
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of archive) {
        bytes += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    };
    const source = Readable.from(counted(), { objectMode: false });
    try {
      const folder = intoParent ? folderOf(path) : path;
      await this.runtime.putArchive(this.#id(container), folder, source, callerOf(context));
      return bytes;
    } finally {
      // It may not have been read to its end.
      archive.destroy();
    }
  }

  #follows(path: string): boolean {
    return this.followLink || path.endsWith('/') || namesContents(path);
  }

  #id(container: string): string {
    return this.runtime.get(container).id;
  }
}

/** Docker's rule: an argument that begins with a dot or a slash is a path; one that has a colon is a container's. */
function parseCopyPath(word: string): CopyPath | undefined {
  if (word === '-') return undefined;
  const at = word.indexOf(':');
  if (at <= 0 || /^[./]/.test(word)) return { word, container: undefined, path: word };
  return { word, container: word.slice(0, at), path: posix.join('/', word.slice(at + 1)) + contentMark(word) };
}

function folderOf(path: string): string {
  return posix.dirname(path.replace(/\/\.$/, ''));
}

/** `join` removes it. */
function contentMark(word: string): string {
  return /[^/]\/\.$/.test(word) ? '/.' : '';
}
