import type { Login, Logins } from '../../kernel/contracts/index.js';
import { ProtocolError } from '../../kernel/streams/index.js';
import { controlFrame, errorFromWire, FrameType, type LoginRequest } from '../wire/index.js';

type Answer = PromiseWithResolvers<unknown>;

/** The logins that one call's client keeps. Nothing of them stays here. */
export class V2Logins implements Logins {
  readonly #asked = new Map<number, Answer>();
  #last = 0;

  constructor(private readonly send: (frame: Buffer) => void) {}

  async get(server: string): Promise<Login | undefined> {
    const login = await this.#ask({ do: 'get', server });
    return isLogin(login) ? login : undefined;
  }

  async set(server: string, login: Login): Promise<string | undefined> {
    const file = await this.#ask({ do: 'set', server, login });
    return typeof file === 'string' ? file : undefined;
  }

  async erase(server: string): Promise<boolean> {
    return (await this.#ask({ do: 'erase', server })) === true;
  }

  /** @throws ProtocolError if nothing was asked */
  answered(id: number, payload: Buffer): void {
    const asked = this.#asked.get(id);
    if (!asked) throw new ProtocolError(`no question ${id} was asked`);
    this.#asked.delete(id);
    const { value, failure } = parse(payload);
    if (failure === undefined) asked.resolve(value);
    else asked.reject(errorFromWire(Buffer.from(JSON.stringify(failure)), 'login'));
  }

  failAll(error: Error): void {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }

  #ask(request: LoginRequest): Promise<unknown> {
    const id = ++this.#last;
    const answer = Promise.withResolvers<unknown>();
    this.#asked.set(id, answer);
    this.send(controlFrame(FrameType.login, JSON.stringify(request), id));
    return answer.promise;
  }
}

function parse(payload: Buffer): { readonly value?: unknown; readonly failure?: unknown } {
  try {
    const answer: unknown = JSON.parse(payload.toString());
    if (typeof answer === 'object' && answer !== null) return answer;
  } catch {}
  throw new ProtocolError('an answer about a login is a JSON object');
}

function isLogin(value: unknown): value is Login {
  if (typeof value !== 'object' || value === null) return false;
  const { username, password, identityToken } = value as Record<string, unknown>;
  const isText = typeof username === 'string' && typeof password === 'string';
  return isText && (identityToken === undefined || typeof identityToken === 'string');
}
