import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type CallHandler,
  type Client,
  type Failure,
  GantryError,
  type Outcome,
} from '../../kernel/contracts/index.js';
import { flushed, inputFrom, outputsTo } from '../wire/index.js';
import { refusalOf } from './http-guard.js';
import { BARE_CLIENT, type Call, clientGone, daemonStopped, failureLine } from './server-call.js';

const STATUS: Readonly<Record<Failure['kind'], number>> = {
  usage: 400,
  invalid: 400,
  'not executable': 400,
  'no such program': 400,
  denied: 403,
  'not found': 404,
  conflict: 409,
  internal: 500,
  unavailable: 503,
};

/**
 * Serves calls as http requests: the last element of the path is the command, each `q` of the query one more word, the
 * body stdin. The answer is stdout and stderr merged, flushed at each write, with the exit code in the trailer
 * `X-Exit-Code`.
 * @param admit says why the connection may not be used, if so
 * @param served is called with every call
 * @param client what all clients have that cannot bring it
 */
export function httpServer(
  handler: CallHandler,
  firstLineTimeout: number,
  admit: (request: IncomingMessage) => Promise<string | undefined>,
  served: (call: Call) => void,
  client: Pick<Client, 'logins'>,
): Server {
  const server = createServer({ requestTimeout: 0, headersTimeout: firstLineTimeout, maxHeaderSize: 256 * 1024 });
  server.maxRequestsPerSocket = 1;
  server.on('request', async (request, response) => {
    const reason = await admit(request);
    const refusal = reason === undefined ? refusalOf(request) : ({ kind: 'denied', message: reason } as const);
    if (refusal) return refuse(response, refusal);
    try {
      served(serveRequest(argvOf(request), request, response, handler, client));
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      refuse(response, error);
    }
  });
  return server;
}

function serveRequest(
  argv: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
  handler: CallHandler,
  client: Pick<Client, 'logins'>,
): Call {
  const gone = new AbortController();
  response.once('close', () => gone.abort(clientGone()));
  return {
    abandon: () => gone.abort(daemonStopped()),
    done: serve(argv, request, response, handler, gone.signal, client),
  };
}

async function serve(
  argv: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
  handler: CallHandler,
  gone: AbortSignal,
  client: Pick<Client, 'logins'>,
): Promise<void> {
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Trailer', 'X-Exit-Code');
  response.on('error', () => {});
  const stdin = inputFrom(request);
  const send = (bytes: Buffer, done: () => void): void => void response.write(bytes, done);
  const { stdout, stderr } = outputsTo(response, { stdout: send, stderr: send });
  response.once('close', () => void [stdin, stdout, stderr].map((stream) => stream.destroy()));
  const outcome = await handler(argv, {
    ...BARE_CLIENT,
    ...client,
    protocol: 'http',
    stdin,
    stdout,
    stderr,
    gone,
    openFile: (path) =>
      Promise.reject(new GantryError('denied', `Cannot read ${path}: an http client offers no files`)),
  });
  await Promise.all([flushed(stdout), flushed(stderr)]);
  finish(response, outcome);
}

function finish(response: ServerResponse, { exitCode, failure }: Outcome): void {
  if (failure && !response.headersSent) {
    response.statusCode = STATUS[failure.kind];
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  }
  response.write(failure ? failureLine(failure) : '');
  response.addTrailers({ 'X-Exit-Code': String(exitCode) });
  response.end();
}

/** @throws GantryError `invalid` */
function argvOf(request: IncomingMessage): readonly string[] {
  if (request.method !== 'GET' && request.method !== 'POST') throw new GantryError('usage', 'Use GET or POST');
  const url = URL.parse(request.url ?? '', 'http://localhost');
  if (!url) throw new GantryError('invalid', 'The path of the request is not valid');
  const command = decoded(url.pathname.split('/').at(-1) ?? '');
  const argv = [...(command === '' ? [] : [command]), ...url.searchParams.getAll('q')];
  if (argv.some((word) => word.includes('\0'))) throw new GantryError('invalid', 'The command line holds a NUL byte');
  return argv;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new GantryError('invalid', 'The path of the request is not valid', { cause });
  }
}

function refuse(response: ServerResponse, failure: Pick<Failure, 'kind' | 'message'>): void {
  response.writeHead(STATUS[failure.kind], { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(failureLine(failure));
}
