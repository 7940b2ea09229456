import { VDomRenderer, type LabIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

/** What a page or a panel of ours has in common: keys scroll it, it takes the focus, and its model ends with it. */
export abstract class View<M extends VDomRenderer.IModel> extends VDomRenderer<M> {
  constructor(protected readonly shown: M) {
    super(shown);
    this.addClass('jp-LuminaPage-widget');
    // Scrolled with the keyboard, once something in it has the focus.
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { ownsModel, shown } = this;
    if (!ownsModel) {
      this.model = null as unknown as M;
    }
    super.dispose();
    if (ownsModel) {
      shown.dispose();
    }
  }

  /** Whether the model ends with it; not when others work with it too. */
  protected get ownsModel(): boolean {
    return true;
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }
}

/** The model of a panel in the sidebar. */
export interface ISidebarModel extends VDomRenderer.IModel {
  /** Whether somebody can see it; hidden it asks for nothing. */
  setVisible(visible: boolean): void;
}

export interface ISidebarFrame {
  /** Id of the widget. */
  readonly id: string;
  readonly icon: LabIcon;
  /** What it is called. */
  readonly name: string;
}

/** A panel in the sidebar, which knows whether it is seen. */
export abstract class SidebarView<M extends ISidebarModel> extends View<M> {
  constructor(model: M, { icon, id, name }: ISidebarFrame) {
    super(model);
    this.id = id;
    this.title.icon = icon;
    this.title.caption = name;
    this.title.closable = true;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', name);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.follow();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.follow();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.follow();
  }

  private follow(): void {
    this.shown.setVisible(this.isVisible);
  }
}
