/** Code, which stays as it is, or a formula between `\(` and `\)` or `\[` and `\]`. */
const CODE_OR_FORMULA =
  /(`+)[^`][\s\S]*?\1(?!`)|~~~[\s\S]*?~~~|(?<!\\)\\\(([\s\S]*?)(?<!\\)\\\)|(?<!\\)\\\[([\s\S]*?)(?<!\\)\\\]/g;

/**
 * Markdown whose formulas stand between the delimiters that JupyterLab knows.
 *
 * Models write `\(x\)` and `\[x\]`; Markdown takes a single backslash for an escape, so JupyterLab
 * wants it doubled.
 */
export function knownFormulas(source: string): string {
  return source.includes('\\(') || source.includes('\\[')
    ? source.replace(CODE_OR_FORMULA, (whole, _ticks, inline?: string, display?: string) => {
        if (inline !== undefined) {
          return `\\\\(${inline}\\\\)`;
        }
        return display !== undefined ? `\\\\[${display}\\\\]` : whole;
      })
    : source;
}
