import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConsumerError, kindOf } from './errors.ts';
import { type KeyFields, type KeyLoader, type LoadedKey, pickKey } from './loader.ts';

/**
 * Reads the key from a file (the key alone, or a JSON object of fields) or from a directory with one file a field, as
 * Kubernetes mounts a Secret. Changes are noticed where the file system tells of them.
 */
export function fromFile(path: string, fields: KeyFields = {}): KeyLoader {
  return {
    load: async () => {
      try {
        return (await stat(path)).isDirectory() ? await readFields(path, fields) : await readOne(path, fields);
      } catch (error) {
        if (error instanceof ConsumerError) throw error;
        throw new ConsumerError('LoadFailed', `Cannot read the key from ${path} (${kindOf(error)}): check the mount`);
      }
    },
    watch: (onChange) => watchPath(path, onChange),
  };
}

/** The kubelet swaps the link `..data`: read through what it points to now, so that key and revision belong together. */
async function readFields(path: string, fields: KeyFields): Promise<LoadedKey> {
  const names = await readdir(path);
  const directory = names.includes('..data') ? await realpath(join(path, '..data')) : path;
  const wanted = [fields.key ?? 'key', fields.rotationUID ?? 'rotationUID', fields.revision ?? 'revision'];
  const stored = await Promise.all(
    wanted.filter((name) => names.includes(name)).map(async (name) => [name, await readText(join(directory, name))]),
  );
  return pickKey(Object.fromEntries(stored), fields, path);
}

async function readOne(path: string, fields: KeyFields): Promise<LoadedKey> {
  const text = await readText(path);
  const object = parseObject(text);
  if (object) return pickKey(object, fields, path);
  if (text === '') throw new ConsumerError('NoKey', `${path} is empty: it should hold the key`);
  return { key: text };
}

/** The text without the line end that editors and templates leave behind. */
async function readText(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replace(/[\r\n]+$/, '');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Watches the path and its name in the directory that holds it, since files are often replaced rather than written. */
function watchPath(path: string, onChange: () => void): () => void {
  const own = basename(path);
  const watchers = [
    startWatching(path, onChange),
    startWatching(dirname(path), (name) => {
      if (name === null || name === own) onChange();
    }),
  ];
  return () => {
    for (const watcher of watchers) watcher?.close();
  };
}

/** Undefined where the file system cannot be watched: polling finds the change then. */
function startWatching(path: string, onChange: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, (_event, name) => onChange(name));
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}
