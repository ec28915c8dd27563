// Where generated text goes: into its file, or with --check nowhere, and whoever is stale is told of.
import { readFile, writeFile } from 'node:fs/promises';

/** Writes a file anew. With --check it writes nothing, says what is stale and sets the exit code. */
export async function renew(path: string, text: string): Promise<void> {
  if (!process.argv.includes('--check')) await writeFile(path, text);
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
    console.error(`${path} is stale: run npm run generate`);
    process.exitCode = 1;
  }
}

/** The same with the part of a page between two marks, which stay. Throws where the page lacks them. */
export async function renewBetween(path: string, [begin, end]: readonly [string, string], part: string): Promise<void> {
  const page = await readFile(path, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for what is generated: ${begin}${end}`);
  await renew(path, `${page.slice(0, from)}${begin}\n${part}\n${page.slice(to)}`);
}
