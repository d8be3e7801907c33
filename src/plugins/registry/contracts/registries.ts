import { type Login, token } from '../../../kernel/index.js';
import type { Image } from '../../image/index.js';

/** Receives the progress of a transfer. */
export interface TransferProgress {
  /**
   * One layer's state: `Downloading`, `Pull complete`.
   * @param id 12 hex digits of its digest. @param done bytes so far, of `total`, where the state has any
   */
  layer(id: string, state: string, done?: number, total?: number): void;
  /** A line of its own. */
  say(line: string): void;
}

/** On whose behalf a transfer is made, and how it is cancelled and shown. */
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
  /** Whether the name belonged to another image before, or to none. */
  readonly isNew: boolean;
}

/** Images, to and from registries. Each method rejects with a GantryError. */
export interface Registries {
  /**
   * Fetches an image and tags it. All of it is verified before the image is created.
   * @param reference `busybox`, `busybox:1`, `busybox@sha256:…`
   * @param platform `linux/arm64`; this host's by default
   * @throws GantryError `not found`, `denied`, `invalid` (the content does not match its digest), `unavailable`
   */
  pull(reference: string, options: TransferOptions & { readonly platform?: string }): Promise<Pulled>;
  /** All tags of a repository, sorted. @throws GantryError */
  tags(repository: string, options: Omit<TransferOptions, 'progress'>): Promise<readonly string[]>;
  /**
   * Sends an image to the registry in its name. A pulled image is sent with the digest that it was pulled with.
   * @returns the manifest's digest. @throws GantryError `not found` where no image has the name
   */
  push(reference: string, options: TransferOptions): Promise<{ readonly digest: string; readonly size: number }>;
  /**
   * Checks whether a registry accepts a login.
   * @param registry its host, or its key in a client's configuration
   * @returns the login to store: with an identity token, where the registry issues one. @throws GantryError `denied`
   */
  checkLogin(registry: string, login: Login, signal: AbortSignal): Promise<Login>;
  /**
   * Repositories whose name holds a term, `registry.example/term` in another registry than Docker Hub.
   * @throws GantryError
   */
  search(term: string, limit: number, options: Omit<TransferOptions, 'progress'>): Promise<readonly SearchResult[]>;
}
export const Registries = token<Registries>('Registries');

export interface SearchResult {
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly official: boolean;
}
