/** The log line in which kubectl wraps the error of kustomize: time and process differ with every run (klog, cmd/kubectl/run.go). */
const KLOG = /^E\d{4} [\d:.]+ +\d+ \S+:\d+\] "command failed" err=(?:("(?:[^"\\]|\\.)*")|<\n([\s\S]*?)\n >)$/m;

/**
 * What kustomize says of a failure, the same from kustomize and kubectl and on every machine.
 * @param folder where it ran; paths below it become relative
 */
export function toolMessage(stderr: string, folder: string): string {
  const plain = stderr.replace(KLOG, (_, quoted?: string, block?: string) => {
    return `Error: ${quoted ? unquote(quoted) : (block ?? '').replaceAll(/^\t/gm, '')}`;
  });
  return plain.replaceAll(`${folder}/`, '').trim();
}

/** Go quotes as JSON does but for rare characters, which stay as they are. */
function unquote(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(1, -1);
  }
}
