import { VDomRenderer } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IParts } from './components/context';
import { Page } from './components/Page';
import { SettingsModel } from './model';
import type { LuminaClient } from '../api';

/** The settings page, as content of the main area. */
export class SettingsPage extends VDomRenderer<SettingsModel> {
  constructor(
    client: LuminaClient,
    private readonly parts: Omit<IParts, 'model'>
  ) {
    super(new SettingsModel(client));
    this.addClass('jp-LuminaPage-widget');
    // Scrolled with the keyboard, once something in it has the focus.
    this.node.tabIndex = -1;
    void (this.model as SettingsModel).load();
  }

  protected override render(): React.ReactElement {
    return <Page model={this.model as SettingsModel} {...this.parts} />;
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  override dispose(): void {
    const model = this.model as SettingsModel | null;
    super.dispose();
    model?.dispose();
  }
}
