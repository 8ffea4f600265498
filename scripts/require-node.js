// Loaded ahead of a TypeScript entry: an older Node would only say "Unknown file extension".
if (Number(process.versions.node.split('.')[0]) < 26) {
  process.stderr.write(
    `Node 26 is not installed in node_modules; this is ${process.version}. Run this once, then start again:\n` +
      'npm ci && npm rebuild node --ignore-scripts=false\n',
  )
  process.exit(1)
}
