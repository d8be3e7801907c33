/**
 * The bytes of rcli: the request line, frames of version 2, errors, requests for files and logins, signals by name.
 * Imports contracts and streams of the kernel. Opens no socket and no file: both ends import it.
 */
export { type LocalTrees, lazyTrees, parseTreeRequest, type TreeRequest, type Unpacking } from './file-requests.js';
export { answerLogin, type LoginRequest, lazyLogins } from './login-requests.js';
export { parseRequestLine, type RequestLine, readRequestLine, sizeOf } from './request-line.js';
export { catchSignals, signalExitCode } from './signals.js';
export { closeGently, flushed, inputFrom, outputsTo, QueuedOutput } from './socket-streams.js';
export { errorFromWire, failureForWire } from './v2-errors.js';
export {
  controlFrame,
  creditFrame,
  FrameDecoder,
  type FrameReceiver,
  FrameType,
  MAX_CLIENT_CONTROL,
  STDIN_ID,
  sendData,
} from './v2-frames.js';
