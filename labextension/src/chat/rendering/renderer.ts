import type { IThemeManager } from '@jupyterlab/apputils';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { renderMarkdown, type IRenderMime, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { RenderedBlocks } from './cache';
import { knownFormulas } from './formulas';
import { QuietSanitizer } from './sanitizer';

/** Draws Markdown and code as JupyterLab does, for texts that nobody vouches for. */
export class ChatRenderer {
  /**
   * @param rendermime - JupyterLab's renderers.
   * @param languages - The editors' languages; null leaves code without colours.
   * @param resolver - Finds files next to the notebook; null when it has none.
   * @param themes - JupyterLab's themes; null where there are none.
   */
  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    private readonly languages: IEditorLanguageRegistry | null,
    private readonly resolver: () => IRenderMime.IResolver | null,
    private readonly themes: IThemeManager | null = null
  ) {}

  readonly cache = new RenderedBlocks();

  readonly markdown = async (source: string, target: HTMLElement): Promise<void> => {
    const { sanitizer, linkHandler, markdownParser } = this.rendermime;
    const resolver = this.resolver();
    await renderMarkdown({
      host: target,
      source: knownFormulas(source),
      trusted: false,
      sanitizer: new QuietSanitizer(sanitizer, resolver !== null),
      resolver,
      linkHandler,
      // Formulas are set when the text stands in the page: see `typeset`.
      shouldTypeset: false,
      latexTypesetter: null,
      markdownParser
    });
  };

  /** The theme whose colours are drawn into diagrams, which no style sheet reaches afterwards. */
  readonly theme = (): string => this.themes?.theme ?? '';

  /** Be told when there is another theme; gives back how to leave off. */
  readonly onTheme = (told: () => void): (() => void) => {
    this.themes?.themeChanged.connect(told);
    return () => void this.themes?.themeChanged.disconnect(told);
  };

  /** Set the formulas of a text that stands in the page; in a task of its own, for it takes a while. */
  readonly typeset = (target: HTMLElement): void => {
    if (/\$|\\\(|\\\[|\\begin/.test(target.textContent ?? '')) {
      window.setTimeout(() => void this.rendermime.latexTypesetter?.typeset(target));
    }
  };

  /** Draws code of a language, as its name stands behind a fence. */
  code(language: string): (source: string, target: HTMLElement) => Promise<void> {
    let paint = this._code.get(language);
    if (!paint) {
      const spec = language ? (this.languages?.findBest(language) ?? null) : null;
      paint = async (source, target) => {
        if (spec && this.languages) {
          await this.languages.highlight(source, spec, target);
        } else {
          target.textContent = source;
        }
      };
      this._code.set(language, paint);
    }
    return paint;
  }

  private _code = new Map<string, (source: string, target: HTMLElement) => Promise<void>>();
}
