import { GantryError, type Login } from '../../../kernel/index.js';
import { isRedirect, MAX_REDIRECTS, redirectTarget } from '../../system/index.js';
import { type BearerToken, basicAuthorization, fetchToken } from './bearer-token.js';
import { discard } from './body.js';
import { parseChallenges } from './challenge.js';
import { Interrupted, NoTls } from './connection-failure.js';
import { errorText, loginHint, statusError } from './error-response.js';
import { exchange, type HttpRequest, type HttpResponse } from './exchange.js';
import { withRetries } from './retry.js';
import type { Routes } from './routes.js';

interface Call {
  readonly method: HttpRequest['method'];
  /** A path at the registry, `/v2/library/busybox/manifests/latest`, or the URL of a redirect. */
  readonly to: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function is called again for each attempt. */
  readonly body?: Uint8Array | (() => Exclude<HttpRequest['body'], undefined>);
  /** The access that the token has to grant. */
  readonly scopes?: readonly string[];
  /** Sent once only: whoever asks knows what a failure means. */
  readonly isOnce?: boolean;
  /** How many times the usual time the registry may take for its answer. */
  readonly patience?: number;
}

interface SessionOptions {
  /** What the registry is to be spoken to with; else that is found out. */
  readonly scheme?: 'http:' | 'https:' | undefined;
  /** Whether no request is repeated: there is another registry to ask. */
  readonly isOnce?: boolean;
}

/** Redirects of these methods are followed everywhere: they send no data of the client elsewhere. */
const FOLLOWED: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Redirects that repeat the request with its body. */
const REPEATED: ReadonlySet<number> = new Set([307, 308]);

/**
 * The requests of one client to one registry. Its login and tokens are used for nothing else, and are forgotten with it.
 */
export class Session {
  readonly #tokens = new Map<string, BearerToken>();
  #basic: string | undefined;
  #login: Promise<Login | undefined> | undefined;
  #base: Promise<URL> | undefined;
  #secrets: string[] = [];

  /**
   * @param host `registry.example:5000`, of the registry itself
   * @param login asks for the client's login, when the registry first wants one
   */
  constructor(
    private readonly routes: Routes,
    readonly host: string,
    private readonly login: () => Promise<Login | undefined>,
    readonly signal: AbortSignal,
    private readonly how: SessionOptions = {},
  ) {}

  get stall(): number {
    return this.routes.settings.stall;
  }

  /**
   * Sends a request, follows redirects and adds the authorization. Transient failures are retried.
   * @throws GantryError `denied` where no authorization is good enough; `unavailable`
   */
  async call(call: Call): Promise<HttpResponse> {
    const url = typeof call.to === 'string' ? new URL(call.to, await this.base()) : call.to;
    const ask = (): Promise<HttpResponse> => this.#follow(call, url);
    const isOnce = call.isOnce || this.how.isOnce;
    const answer = isOnce ? await ask() : await withRetries(this.signal, ask);
    if (answer.status !== 401) return answer;
    discard(answer.body);
    await this.#authorize(answer, call.scopes ?? []);
    const second = isOnce ? await ask() : await withRetries(this.signal, ask);
    if (second.status !== 401) return second;
    throw await this.errorOf(second, `registry ${this.host}`);
  }

  /** The error that a response stands for, in the registry's words. */
  async errorOf(answer: HttpResponse, what: string): Promise<GantryError> {
    const words = await errorText(answer, this.stall, this.signal, (text) => this.#redacted(text));
    return statusError(answer.status, this.host, what, words);
  }

  /** Logs in. @returns the token that replaces the password from now on, if the registry has issued one */
  async logIn(): Promise<string | undefined> {
    const answer = await this.call({ method: 'GET', to: '/v2/' });
    if (answer.status !== 200) throw await this.errorOf(answer, `login to ${this.host}`);
    discard(answer.body);
    return [...this.#tokens.values()].find(({ refreshToken }) => refreshToken)?.refreshToken;
  }

  /** The registry's base URL: https, or http where that is allowed and the registry speaks no TLS. */
  base(): Promise<URL> {
    this.#base ??= this.#findBase();
    return this.#base;
  }

  async #findBase(): Promise<URL> {
    if (this.how.scheme) return new URL(`${this.how.scheme}//${this.host}`);
    const secure = new URL(`https://${this.host}`);
    if (!this.routes.isInsecure(this.host)) return secure;
    const known = this.routes.schemes.get(this.host);
    if (known) return new URL(`${known}//${this.host}`);
    const question = { method: 'GET', url: new URL('/v2/', secure), signal: this.signal } as const;
    const scheme = await exchange(this.routes, question).then(
      ({ body }) => {
        discard(body);
        return 'https:' as const;
      },
      // Only a response decides it: a registry that is down now may speak TLS later.
      (error: unknown) => (error instanceof NoTls || error instanceof Interrupted ? 'http:' : undefined),
    );
    if (scheme) this.routes.schemes.set(this.host, scheme);
    return scheme === 'https:' ? secure : new URL(`http://${this.host}`);
  }

  async #follow(call: Call, start: URL): Promise<HttpResponse> {
    const base = await this.base();
    let url = start;
    const hosts = [base.hostname];
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const { method, headers, body } = call;
      const isOurs = url.origin === base.origin;
      const answer = await exchange(this.routes, {
        method,
        url,
        headers: { ...headers, ...(isOurs && this.#authorization(call.scopes ?? [])) },
        ...(body && { body: typeof body === 'function' ? body() : body }),
        signal: this.signal,
        patience: call.patience,
        namedBy: isOurs ? undefined : hosts,
      });
      if (!isRedirect(answer.status) || !(FOLLOWED.has(method) || REPEATED.has(answer.status))) return answer;
      const target = this.resolveLocation(answer, url, base);
      if (!FOLLOWED.has(method) && target.origin !== url.origin) return answer;
      discard(answer.body);
      url = target;
      hosts.push(url.hostname);
    }
    throw new GantryError('invalid', `registry ${this.host} redirects more than ${MAX_REDIRECTS} times`);
  }

  /** Where an answer's `Location` leads. @throws GantryError `invalid` for what is not https where the registry is */
  resolveLocation({ headers }: Pick<HttpResponse, 'headers'>, from: URL, base: URL): URL {
    const url = redirectTarget(headers.location, from, base);
    if (url) return url;
    throw new GantryError('invalid', `registry ${this.host} redirects to a URL that is not https`);
  }

  #authorization(scopes: readonly string[]): Record<string, string> {
    const token = this.#tokens.get(scopes.join(' '));
    if (token && token.expires > performance.now()) return { Authorization: token.authorization };
    return this.#basic === undefined ? {} : { Authorization: this.#basic };
  }

  async #authorize(answer: HttpResponse, scopes: readonly string[]): Promise<void> {
    const challenges = parseChallenges(answer.headers['www-authenticate']);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const login = await this.#ownLogin();
    if (bearer) {
      const offline = scopes.length === 0;
      const wish = { challenge: bearer, scopes, login, registry: await this.base(), offline, signal: this.signal };
      const token = await fetchToken(this.routes, wish);
      this.#secrets.push(token.authorization.replace('Bearer ', ''));
      this.#tokens.set(scopes.join(' '), token);
    } else if (challenges.some(({ scheme }) => scheme === 'basic')) {
      if (!login)
        throw new GantryError('denied', `registry ${this.host}: no basic auth credentials`, {
          hint: loginHint(this.host),
        });
      this.#basic = basicAuthorization(login);
    } else
      throw new GantryError('denied', `registry ${this.host}: it wants an authorization of a kind that is not known`);
  }

  #ownLogin(): Promise<Login | undefined> {
    this.#login ??= this.login().then((login) => {
      if (login)
        this.#secrets.push(login.password, basicAuthorization(login).replace('Basic ', ''), login.identityToken ?? '');
      return login;
    });
    return this.#login;
  }

  /** Removes secrets, because a registry may repeat what was sent to it. */
  #redacted(words: string): string {
    return this.#secrets.filter(Boolean).reduce((text, secret) => text.replaceAll(secret, '***'), words);
  }
}
