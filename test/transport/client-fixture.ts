import { NoDaemon } from '../../src/transport/client/connect.js';
import { callRemote } from '../../src/transport/client/remote-call.js';

const [address = '', ...argv] = process.argv.slice(2);
process.exitCode = 99;
try {
  const { exitCode, failure } = await callRemote(address, argv, { env: process.env, cwd: process.cwd() });
  if (failure) process.stderr.write(`${failure.kind}: ${failure.message}\n`);
  process.exit(exitCode);
} catch (error) {
  if (!(error instanceof NoDaemon)) throw error;
  process.exit(77);
}
