import { GroupItem, TextItem } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal, type ISignal } from '@lumino/signaling';
import * as React from 'react';
import { luminaIcon } from '../icon';
import { isQuestion, type Asked, type IApprovals } from './tokens';
import { askerOf, lineOf, outcomeOf } from './words';

/** In the status bar: how much waits for a person; nothing while none does. */
export class WaitingItem extends ReactWidget {
  constructor(
    private readonly approvals: IApprovals,
    private readonly open: () => void,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.id = 'lumina-waiting';
    this.addClass('jp-mod-highlighted');
    this.addClass('jp-Lumina-waiting');
    // Read out wherever one is, also while nothing is seen of it.
    this.live.className = 'jp-Lumina-agentSaid';
    this.live.setAttribute('role', 'status');
    document.body.append(this.live);
    approvals.subscribe(() => this.look());
    this.look();
  }

  /** Emitted when there is something to show, or nothing any more. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  protected override render(): React.ReactElement {
    const { trans } = this;
    const count = this.approvals.getSnapshot().waiting.length;
    const label = trans._n('%1 waits for you', '%1 wait for you', count);
    return (
      <GroupItem
        spacing={4}
        role="button"
        tabIndex={0}
        aria-label={trans._n(
          'Lumina: %1 waits for you. Show it.',
          'Lumina: %1 wait for you. Show them.',
          count
        )}
        title={trans.__('What may not be done before you allow it, and what tools ask you')}
        onClick={this.open}
        onKeyDown={event => {
          if ((event.key === 'Enter' || event.key === ' ') && !event.repeat) {
            event.preventDefault();
            this.open();
          }
        }}
      >
        <luminaIcon.react tag="span" className="jp-Lumina-spark" verticalAlign="middle" />
        <TextItem source={label} />
      </GroupItem>
    );
  }

  private look(): void {
    const { all, waiting } = this.approvals.getSnapshot();
    this._changed.emit();
    this.update();
    const news = waiting.filter(({ id }) => !this.told.has(id));
    const over = all.filter(({ id, state }) => state !== 'pending' && this.told.get(id));
    news.forEach(({ id }) => this.told.set(id, true));
    over.forEach(({ id }) => this.told.set(id, false));
    const said = [...news.map(each => this.asked(each)), ...over.map(each => this.settled(each))];
    if (said.length) {
      this.live.textContent = said.join(' ');
    }
  }

  private asked(asked: Asked): string {
    const { trans } = this;
    const line = lineOf(asked, trans);
    return isQuestion(asked) ? line : trans.__('%1 asks: %2', askerOf(asked, trans), line);
  }

  private settled(asked: Asked): string {
    const { trans } = this;
    const here = this.approvals.getSnapshot().here.has(asked.id);
    return `${outcomeOf(asked, here, trans)} ${lineOf(asked, trans)}`;
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly live = document.createElement('div');
  /** Those that were read out, and whether they wait still. */
  private readonly told = new Map<string, boolean>();
}
