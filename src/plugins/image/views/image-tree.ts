import { humanSize, plain, shortId } from '../../../kernel/index.js';
import { type Image, type TagStore } from '../contracts/index.js';

/** Marks of a branch and of the lines below it: with further siblings, or as the last one. */
const BRANCHES = { inner: ['├─', '│ '], last: ['└─', '  '] } as const;

/** Images below those that they were made from, a line each: id, size, names. The newest first. */
export function imageTree(
  images: readonly Image[],
  tags: Pick<TagStore, 'list'>,
  { noTrunc }: { noTrunc: boolean },
): string {
  const known = new Set(images.map(({ id }) => id));
  const children = Map.groupBy(images, ({ parent }) => (known.has(parent) ? parent : ''));
  const names = Map.groupBy(tags.list(), ({ imageId }) => imageId);
  const lines: string[] = [];
  // No recursion: a chain of images may have any length.
  const waiting = [...branchesOf('', '')].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { image, mark, below } = next;
    const named = names.get(image.id)?.map(({ repository, tag }) => `${repository}:${tag}`) ?? [];
    const tagged = named.length > 0 ? ` Tags: ${named.join(', ')}` : '';
    lines.push(plain(`${mark}${noTrunc ? image.id : shortId(image.id)} Size: ${humanSize(image.size)}${tagged}`));
    waiting.push(...branchesOf(image.id, below).reverse());
  }
  return lines.map((line) => `${line}\n`).join('');

  function branchesOf(parent: string, prefix: string): { image: Image; mark: string; below: string }[] {
    const all = children.get(parent) ?? [];
    return all.map((image, index) => {
      const [mark, rest] = index === all.length - 1 ? BRANCHES.last : BRANCHES.inner;
      return { image, mark: prefix + mark, below: prefix + rest };
    });
  }
}
