import { type Login, token } from '../../../kernel/index.js';
import type { Image } from '../../image/index.js';

/** What a transfer tells while it is under way. */
export interface TransferProgress {
  /**
   * One layer's state: `Downloading`, `Pull complete`.
   * @param id 12 hex digits of its digest. @param done bytes so far, of `total`, where the state has any
   */
  layer(id: string, state: string, done?: number, total?: number): void;
  /** A line of its own. */
  say(line: string): void;
}

/** For whom, and until when. */
export interface TransferOptions {
  /** Asks for the caller's login; used for this one transfer, and kept nowhere. */
  readonly login: () => Promise<Login | undefined>;
  readonly signal: AbortSignal;
  readonly progress: TransferProgress;
}

export interface Pulled {
  readonly image: Image;
  /** Of what the registry has under the name: a manifest, or a list of them. */
  readonly digest: string;
  /** Whether the name meant another image before, or none. */
  readonly isNew: boolean;
}

/** Images, to and from registries. Each method rejects with a GantryError. */
export interface Registries {
  /**
   * Brings an image here and gives it its name. All of it is verified before anything of it is an image.
   * @param reference `busybox`, `busybox:1`, `busybox@sha256:…`
   * @param platform `linux/arm64`; this host's unless told
   * @throws GantryError `not found`, `denied`, `invalid` (what comes is not what it should be), `unavailable`
   */
  pull(reference: string, options: TransferOptions & { readonly platform?: string }): Promise<Pulled>;
  /** All tags of a repository, sorted. @throws GantryError */
  tags(repository: string, options: Omit<TransferOptions, 'progress'>): Promise<readonly string[]>;
  /**
   * Sends an image to where its name says. One that was pulled goes as it came: with the same digest.
   * @returns the manifest's digest. @throws GantryError `not found` where no image has the name
   */
  push(reference: string, options: TransferOptions): Promise<{ readonly digest: string; readonly size: number }>;
  /**
   * Whether a registry takes a login.
   * @param registry its host, or its key in a client's configuration
   * @returns what to keep: an identity token, where the registry gives one. @throws GantryError `denied`
   */
  checkLogin(registry: string, login: Login, signal: AbortSignal): Promise<Login>;
  /** Repositories whose name holds a term, `registry.example/term` in another registry than Docker Hub. @throws GantryError */
  search(term: string, limit: number, options: Omit<TransferOptions, 'progress'>): Promise<readonly SearchResult[]>;
}
export const Registries = token<Registries>('Registries');

export interface SearchResult {
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly official: boolean;
}
