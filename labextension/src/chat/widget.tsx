import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Panel } from './components/Panel';
import { ServicesProvider, type IChatServices, type IVisible } from './components/services';
import type { ChatPreferences } from './preferences';
import type { IChatQuestion } from './tokens';

export interface IChatPanelOptions extends Omit<
  IChatServices,
  'preferences' | 'visible' | 'announce' | 'takesFocus'
> {
  readonly preferences: ChatPreferences;
  /** Brings a document to the top; resolves when the panel is about it. */
  readonly turnTo: (path: string) => Promise<void>;
}

/** The chat panel's contents. */
export class ChatPanel extends ReactWidget {
  constructor(private readonly options: IChatPanelOptions) {
    super();
    this.addClass('jp-LuminaChat');
    options.preferences.changed.connect(this.update, this);
    this._live = document.createElement('div');
    this._live.className = 'jp-LuminaChat-hidden';
    this._live.setAttribute('role', 'status');
  }

  /** Put the keyboard's focus on the input, as soon as it stands there. */
  focus(): void {
    const input = this.node.querySelector<HTMLElement>('.jp-LuminaChat-input');
    this._focusDue = !input;
    input?.focus();
  }

  /** Whether somebody can see it; hidden it asks the server for nothing. */
  setVisible(visible: boolean): void {
    this.options.model.setVisible(visible);
    this._seen = visible;
    this._watching.forEach(listener => listener());
  }

  /** Ask a question as if it were typed. */
  async ask({ text, notebook, newConversation = false }: IChatQuestion): Promise<void> {
    const { model, turnTo } = this.options;
    if (notebook && model.getSnapshot().document.path !== notebook) {
      await turnTo(notebook);
    }
    await model.ask(text, { images: [], newConversation });
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._live.remove();
    this.options.model.dispose();
    super.dispose();
  }

  protected override render(): React.ReactElement {
    const { preferences, turnTo: _, ...rest } = this.options;
    if (!this._live.isConnected) {
      document.body.append(this._live);
    }
    this._services =
      this._services?.preferences === preferences.value
        ? this._services
        : {
            ...rest,
            preferences: preferences.value,
            visible: this._visible,
            announce: this._announce,
            takesFocus: this._takesFocus
          };
    return (
      <ServicesProvider value={this._services}>
        <Panel />
      </ServicesProvider>
    );
  }

  private readonly _announce = (text: string): void => {
    this._live.textContent = text;
  };

  private readonly _takesFocus = (): boolean => {
    const due = this._focusDue;
    this._focusDue = false;
    return due;
  };

  private readonly _visible: IVisible = {
    subscribe: listener => {
      this._watching.add(listener);
      return () => void this._watching.delete(listener);
    },
    get: () => this._seen
  };

  private _seen = false;
  private readonly _watching = new Set<() => void>();
  private readonly _live: HTMLElement;
  private _focusDue = false;
  private _services: IChatServices | null = null;
}
