/** One fenced block of an answer; `from` and `to` are the lines of its fences. */
export interface IBlock {
  readonly language: string;
  readonly code: string;
  readonly from: number;
  readonly to: number;
}

interface IFence {
  readonly indent: string;
  readonly mark: string;
  readonly info: string;
}

/**
 * The fenced blocks of an answer; one that is not closed goes on to the end.
 *
 * A fence inside of a string of the code belongs to the code. A Markdown text may hold fences of its
 * own, so that it ends with the last one.
 */
export function fencedBlocks(text: string, language: string): IBlock[] {
  const lines = text.split('\n');
  const blocks: IBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = fenceOf(lines[at]!);
    if (!fence) {
      continue;
    }
    const end = endOf(lines, at, fence, language);
    const code = lines.slice(at + 1, end).map(line => unindented(line, fence.indent));
    if (code.some(line => line.trim())) {
      blocks.push({
        language: fence.info,
        code: code.join('\n'),
        from: at,
        to: Math.min(end, lines.length - 1)
      });
    }
    at = end;
  }
  return blocks;
}

function fenceOf(line: string): IFence | null {
  const match = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/.exec(line);
  return match && { indent: match[1]!, mark: match[2]!, info: match[3]! };
}

/** The line of the fence that closes a block, or the line after the last. */
function endOf(lines: readonly string[], from: number, fence: IFence, language: string): number {
  const closing: number[] = [];
  for (let at = from + 1; at < lines.length; at++) {
    if (closes(lines[at]!, fence)) {
      closing.push(at);
    }
  }
  if (!closing.length) {
    return lines.length;
  }
  if (/^(markdown|md)$/i.test(fence.info || language)) {
    return closing[closing.length - 1]!;
  }
  const outside = closing.find(at => !endsInString(lines.slice(from + 1, at).join('\n')));
  return outside ?? closing[0]!;
}

function closes(line: string, { mark }: IFence): boolean {
  const other = fenceOf(line);
  return (
    other !== null && !other.info && other.mark[0] === mark[0] && other.mark.length >= mark.length
  );
}

/** Whether Python-like code ends within a string of triple quotes. */
export function endsInString(code: string): boolean {
  const token = /#[^\n]*|'''|"""|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?/gs;
  for (let match = token.exec(code); match; match = token.exec(code)) {
    if (match[0] !== "'''" && match[0] !== '"""') {
      continue;
    }
    const rest = new RegExp(`(?:\\\\.|(?!${match[0]})[^])*?${match[0]}`, 'sy');
    rest.lastIndex = token.lastIndex;
    if (!rest.test(code)) {
      return true;
    }
    token.lastIndex = rest.lastIndex;
  }
  return false;
}

function unindented(line: string, indent: string): string {
  return line.slice(0, indent.length).trim() ? line : line.slice(indent.length);
}
