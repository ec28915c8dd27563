// Evaluated before anything else of a program. Plain old JavaScript: the Nodes that it turns away must be able to read it.
// npm scripts load it with --import, because a Node that is too old cannot even read the TypeScript of an entry point.
const needed = 24;
const major = Number(process.version.slice(1).split('.')[0]);

if (!(major >= needed)) {
  console.error(
    `This needs Node >= ${needed} and runs on ${process.version}. Run it through npm (npm ci, then npm run demo, npm run sandbox ` +
      `or npm start), which brings its own Node on Linux and macOS, or install Node >= ${needed}.`,
  );
  process.exit(1);
}
