import * as React from 'react';
import type { LuminaClient } from '../api';
import { View } from '../view';
import type { IParts } from './components/context';
import { Page } from './components/Page';
import { SettingsModel } from './model';

/** The settings page, as content of the main area. */
export class SettingsPage extends View<SettingsModel> {
  constructor(
    client: LuminaClient,
    private readonly parts: Omit<IParts, 'model'>
  ) {
    super(new SettingsModel(client));
    void this.shown.load();
  }

  protected override render(): React.ReactElement {
    return <Page model={this.shown} {...this.parts} />;
  }
}
