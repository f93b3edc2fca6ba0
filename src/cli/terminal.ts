// The two output streams: when to colour, how to write everything before the process ends, the progress bar.
import progress from 'cli-progress';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether to colour: NO_COLOR (not empty) says no, FORCE_COLOR (not empty, `0` or `false`) says yes, else a
 * terminal that is not dumb. See https://no-color.org and https://force-color.org.
 */
export function coloured(stream: { readonly isTTY?: boolean }, env: Env): boolean {
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force) return force !== '0' && force !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** The reader of a pipe went away (`slotify | head`): nothing is wrong, but nobody listens any more. */
function isClosedPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

/** A stream to write to in order and to the end. */
export interface Output {
  /** Resolves when the system has taken everything; quietly does nothing once the reader is gone. */
  readonly write: (chunk: string | Uint8Array) => Promise<void>;
}

/**
 * Wraps a stream of the process. `write` rejects for errors of the stream other than a closed pipe (a full disk).
 */
export function output(stream: NodeJS.WritableStream): Output {
  let gone = false;
  // Without a listener an error of the stream would end the process with a stack.
  stream.on('error', () => {
    gone = true;
  });
  return {
    write: chunk =>
      new Promise((resolve, reject) => {
        if (gone || chunk.length === 0) return resolve();
        stream.write(chunk, error => {
          if (error && !isClosedPipe(error)) return reject(error);
          resolve();
        });
      }),
  };
}

/** Milliseconds a run may take before a bar appears. */
const PATIENCE = 500;

/** A progress bar on a terminal, shown only when the run lasts; `stop` removes it. */
export function progressBar(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
  wanted: boolean,
  format = 'reading {bar} {value}/{total} files',
): { readonly onProgress: (done: number, total: number) => void; readonly stop: () => void } {
  if (!wanted || stream.isTTY !== true) return { onProgress: () => {}, stop: () => {} };
  const started = performance.now();
  const bar = new progress.SingleBar({
    format,
    stream,
    clearOnComplete: true,
    barsize: 30,
    // Switched off, it would stay off when the run is interrupted.
    linewrap: null,
  });
  return {
    onProgress: (done, total) => {
      if (bar.isActive) bar.update(done);
      else if (done < total && performance.now() - started > PATIENCE) bar.start(total, done);
    },
    stop: () => {
      if (bar.isActive) bar.stop();
    },
  };
}
