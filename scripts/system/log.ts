/** Talk and progress go to stderr; results alone go to stdout. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
