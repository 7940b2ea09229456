import { GroupItem, TextItem } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';
import { luminaIcon } from '../icon';
import type { StatusModel } from './model';
import { shortSpend } from './spend';
import { summarise } from './summary';

/** The item in the status bar: which model answers, and whether it can. */
export class StatusItem extends VDomRenderer<StatusModel> {
  constructor(
    model: StatusModel,
    private readonly open: () => void,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.id = 'lumina-status';
    this.addClass('jp-mod-highlighted');
    this.addClass('jp-Lumina-status');
  }

  /** Put the keyboard's focus on the item. */
  focus(): void {
    this.node.querySelector<HTMLElement>('[role=button]')?.focus();
  }

  protected override render(): React.ReactElement {
    const { spend, showSpend, status } = this.model as StatusModel;
    const { tone, label, sentence } = summarise(status, this.trans);
    const sum = spend && showSpend ? shortSpend(spend) : '';
    const about = sum ? this.trans.__('%1 Today: %2.', sentence, sum) : sentence;
    return (
      <GroupItem
        spacing={4}
        role="button"
        tabIndex={0}
        aria-haspopup="dialog"
        aria-label={this.trans.__('Lumina: %1. %2', label, about)}
        title={this.trans.__('Lumina: %1', about)}
        data-tone={tone}
        onClick={this.open}
        onKeyDown={event => {
          if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            this.open();
          }
        }}
      >
        <luminaIcon.react tag="span" className="jp-Lumina-spark" verticalAlign="middle" />
        <TextItem source={label} />
        {sum && <TextItem className="jp-Lumina-spend" source={sum} />}
      </GroupItem>
    );
  }
}
