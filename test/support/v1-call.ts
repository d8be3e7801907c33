import { connect } from 'node:net';

/** A call of rcli v1, as a client of 2013 makes it: its answer is both outputs, and the words of a failure. */
export async function v1Call(path: string, argv: readonly string[] | null, input = ''): Promise<string> {
  const socket = connect({ path, allowHalfOpen: true });
  socket.end(`${JSON.stringify(argv)}\n${input}`);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
  return answer;
}
