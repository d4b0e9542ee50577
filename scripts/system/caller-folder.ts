/** The folder that the user is in: npm runs scripts in that of package.json and tells in INIT_CWD where it was started. */
export function callerFolder(env: NodeJS.ProcessEnv = process.env): string {
  return (env['npm_lifecycle_event'] && env['INIT_CWD']) || process.cwd();
}
