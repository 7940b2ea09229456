const BARE_PATH = /^[^\s"'`<>|*?]+$/;
const ENDS_OPEN = /[.,;:!?)\]}]$/;
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** A file's mention; of a folder the beginning, behind which one goes on. */
export function writtenFile(path: string, isFolder: boolean): string {
  if (BARE_PATH.test(path) && (isFolder || !ENDS_OPEN.test(path))) {
    return `@file:${path}${isFolder ? '/' : ''}`;
  }
  const inside = escaped(path);
  return isFolder ? `@file:"${inside}/` : `@file:"${inside}"`;
}

/** A column's name behind its variable and a full stop. */
export function writtenColumn(name: string): string {
  return IDENTIFIER.test(name) ? name : `"${escaped(name)}"`;
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
