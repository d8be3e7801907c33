import { Transform } from 'node:stream';

const INTERRUPT = 0x03;
/** So much may be typed before the far end wants any of it. */
const TYPED_AHEAD = 64 * 1024;

/** Passes on what is typed. @param typed learns of each byte whether it is ctrl-c */
export function watchedKeys(typed: (isInterrupt: boolean) => void): Transform {
  return new Transform({
    readableHighWaterMark: TYPED_AHEAD,
    writableHighWaterMark: TYPED_AHEAD,
    transform(bytes: Buffer, _encoding, done) {
      for (const byte of bytes) typed(byte === INTERRUPT);
      done(null, bytes);
    },
  });
}
