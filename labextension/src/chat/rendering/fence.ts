/** The code within a fenced block, also while the block's end has not come yet. */
export function fencedCode(source: string): string {
  const lines = source.replace(/\n+$/, '').split('\n');
  const opening = /^( {0,3})(`{3,}|~{3,})/.exec(lines[0] ?? '');
  if (!opening) {
    return source;
  }
  const [, indent = '', fence = ''] = opening;
  const body = lines.slice(1);
  const closing = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}\\s*$`);
  if (body.length && closing.test(body[body.length - 1] ?? '')) {
    body.pop();
  }
  const indented = new RegExp(`^ {0,${indent.length}}`);
  return body.map(line => line.replace(indented, '')).join('\n');
}

/** The language in what stands behind a fence's backticks: `{.python title=x}` is python. */
export function fenceLanguage(info: string): string {
  const first =
    info
      .trim()
      .split(/[\s,{}]+/)
      .find(Boolean) ?? '';
  return first.replace(/^[.=]/, '').toLowerCase();
}

/** Whether a text has a diagram in it, alone or within a list or a quotation. */
export function holdsDiagram(source: string): boolean {
  return DIAGRAM.test(source);
}

const DIAGRAM = /^[ \t>*+\-\d.)]*(`{3,}|~{3,})[ \t]*\{?\.?mermaid\b/im;
