import type { Output } from './leak-scan.ts';

/** Everything that this process writes, from now on: the servers of the stage run in it. */
export function tapOutput(streams: readonly NodeJS.WriteStream[]): () => Output {
  const written: string[] = [];
  for (const stream of streams) {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: never[]) => {
      written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return write(chunk, ...rest);
    };
  }
  return () => ({ channel: 'output of the sandbox', text: written.join('') });
}
