import { buildComponents } from './build.ts';

/** Before any test: everything that the tests start is there, or the run ends with what to install. */
export default async function setUp(): Promise<void> {
  await buildComponents((line) => console.log(line));
}
