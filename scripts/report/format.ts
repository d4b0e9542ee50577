/** What `--output` takes. Apart from the reporters, so that the command line knows them without loading any. */
export const FORMATS = ['pretty', 'json', 'sarif', 'github', 'junit', 'markdown', 'html'] as const;

export type Format = (typeof FORMATS)[number];
