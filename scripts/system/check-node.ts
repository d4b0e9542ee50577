/** Imported first of all: an older Node fails on imports with messages that do not say why. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `error: Node ${process.versions.node} is too old\n  why: packages of this repository are loaded by require() of ES modules, which Node has since 20.19\n  fix: install Node 20.19 or later, then run \`npm ci\` again\n`,
  );
  process.exit(2);
}
