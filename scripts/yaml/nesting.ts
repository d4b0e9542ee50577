/**
 * An upper bound of how deeply a YAML text nests, found without recursion. It exists because the parser is recursive: near the end
 * of the stack V8 may give up on compiling a regular expression and end the whole process, which no `catch` can prevent.
 * Brackets inside strings count too; no honest manifest comes near the limits in use.
 * @returns the bound, and the offset at which it was reached
 */
export function nestingBound(text: string): { depth: number; offset: number } {
  const indents: number[] = [];
  let flow = 0;
  let deepest = { depth: 0, offset: 0 };
  let offset = 0;
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    if (indent < line.length) {
      while ((indents.at(-1) ?? -1) >= indent) indents.pop();
      indents.push(indent);
    }
    const compact = /^\s*(?:[-?:]\s+)*/.exec(line)?.[0].replaceAll(/\s/g, '').length ?? 0;
    let opened = flow;
    for (const character of line) {
      if (character === '[' || character === '{') flow++;
      else if ((character === ']' || character === '}') && flow > 0) flow--;
      opened = Math.max(opened, flow);
    }
    const depth = indents.length + compact + opened;
    if (depth > deepest.depth) deepest = { depth, offset };
    offset += line.length + 1;
  }
  return deepest;
}
