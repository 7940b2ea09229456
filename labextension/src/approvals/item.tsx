import { GroupItem, TextItem } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal, type ISignal } from '@lumino/signaling';
import * as React from 'react';
import { luminaIcon } from '../icon';
import type { Approval, IApprovals } from './tokens';
import { askerOf, outcomeOf, whatOf } from './words';

/** In the status bar: how many calls wait for a person; nothing while none does. */
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
          'Lumina: %1 call waits for you. Show it.',
          'Lumina: %1 calls wait for you. Show them.',
          count
        )}
        title={trans.__('What Lumina may not do before you have allowed it')}
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

  private asked(approval: Approval): string {
    const { trans } = this;
    return trans.__('%1 asks: %2', askerOf(approval, trans), whatOf(approval));
  }

  private settled(approval: Approval): string {
    return `${outcomeOf(approval, this.trans)} ${whatOf(approval)}`;
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly live = document.createElement('div');
  /** Those that were read out, and whether they wait still. */
  private readonly told = new Map<string, boolean>();
}
