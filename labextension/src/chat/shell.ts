import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { PanelLayout, Widget } from '@lumino/widgets';
import { luminaIcon } from '../icon';
import type { ChatPanel } from './widget';

/**
 * The panel's place in the sidebar. What fills it is loaded when somebody looks at it for the first
 * time.
 */
export class ChatShell extends Widget {
  /**
   * @param load - Makes what is shown.
   * @param trans - For its texts.
   */
  constructor(
    private readonly load: () => Promise<ChatPanel>,
    trans: TranslationBundle
  ) {
    super();
    this.id = 'lumina-chat';
    this.addClass('jp-LuminaChat-shell');
    this.title.icon = luminaIcon;
    this.title.caption = trans.__('Lumina Chat');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Lumina Chat'));
    this.layout = new PanelLayout();
    this._failed = trans.__('The chat panel could not be loaded. Reload the page to try again.');
  }

  /** What is shown, loaded if need be. */
  content(): Promise<ChatPanel> {
    this._content ??= this.load().then(
      panel => {
        (this.layout as PanelLayout).addWidget(panel);
        panel.setVisible(this.isVisible);
        return panel;
      },
      (error: unknown) => {
        this._content = null;
        this.node.textContent = this._failed;
        throw error;
      }
    );
    return this._content;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.follow();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.follow();
    }
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    void this._content?.then(panel => panel.setVisible(this.isVisible));
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    void this.content().then(panel => panel.focus());
  }

  private follow(): void {
    this.content().then(
      panel => panel.setVisible(this.isVisible),
      (error: unknown) => console.error('Lumina’s chat panel could not be loaded.', error)
    );
  }

  private _content: Promise<ChatPanel> | null = null;
  private _failed: string;
}
