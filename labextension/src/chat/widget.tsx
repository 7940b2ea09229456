import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Panel } from './components/Panel';
import { ServicesProvider, type IChatServices } from './components/services';
import type { ChatPreferences } from './preferences';

export type ChatPanelOptions = Omit<IChatServices, 'preferences' | 'announce'> & {
  readonly preferences: ChatPreferences;
};

/** The chat panel's contents. */
export class ChatPanel extends ReactWidget {
  constructor(private readonly options: ChatPanelOptions) {
    super();
    this.addClass('jp-LuminaChat');
    options.preferences.changed.connect(this.update, this);
    this._live = document.createElement('div');
    this._live.className = 'jp-LuminaChat-hidden';
    this._live.setAttribute('aria-live', 'polite');
  }

  /** Put the keyboard's focus on the input, once it stands there. */
  focus(): void {
    void this.renderPromise?.then(() => {
      this.node.querySelector<HTMLElement>('.jp-LuminaChat-input')?.focus();
    });
  }

  /** Whether somebody can see it; hidden it asks the server for nothing. */
  setVisible(visible: boolean): void {
    this.options.model.setVisible(visible);
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
    const { preferences, ...rest } = this.options;
    if (!this._live.isConnected) {
      document.body.append(this._live);
    }
    this._services =
      this._services?.preferences === preferences.value
        ? this._services
        : { ...rest, preferences: preferences.value, announce: this._announce };
    return (
      <ServicesProvider value={this._services}>
        <Panel />
      </ServicesProvider>
    );
  }

  private readonly _announce = (text: string): void => {
    this._live.textContent = text;
  };

  private readonly _live: HTMLElement;
  private _services: IChatServices | null = null;
}
