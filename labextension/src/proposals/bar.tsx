import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../components';
import { luminaIcon } from '../icon';
import { countOf } from './entries';
import type { Review } from './review';

/** The line above a notebook that something is proposed for. */
export class ProposalBar extends ReactWidget {
  constructor(
    private readonly review: Review,
    private readonly go: (step: 1 | -1) => void
  ) {
    super();
    const { trans } = review;
    this.addClass('jp-Lumina-proposalBar');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('What Lumina proposes'));
    review.stateChanged.connect(this.show_, this);
    this.show_();
  }

  protected override render(): React.ReactElement {
    return (
      <UseSignal signal={this.review.stateChanged}>
        {() => <Bar review={this.review} go={this.go} />}
      </UseSignal>
    );
  }

  private show_(): void {
    const { review } = this;
    this.setHidden(!review.entries.length && !review.remark);
  }
}

function Bar(props: { review: Review; go: (step: 1 | -1) => void }): React.ReactElement {
  const { review, go } = props;
  const { trans, proposals, entries, remark, busy } = review;
  const { open, stale } = countOf(entries);
  const author = proposals[0]?.author ?? 'Lumina';
  const reason = proposals.map(each => each.reason).find(each => each) ?? '';
  const says = open
    ? trans._n('%2 proposes a change to %1 cell', '%2 proposes changes to %1 cells', open, author)
    : stale
      ? trans.__('What %1 proposed no longer fits', author)
      : '';
  const more =
    open && stale ? trans._n('%1 more no longer fits', '%1 more no longer fit', stale) : '';
  const decide = (accept: boolean) => () => void review.decide({ accept });
  return (
    <>
      <luminaIcon.react tag="span" className="jp-Lumina-spark" />
      {says && (
        <span className="jp-Lumina-proposalText" role="status">
          <strong>{says}</strong>
          {reason && <span>{reason}</span>}
          {more && <span>{more}</span>}
        </span>
      )}
      {remark && (
        <span
          className={`jp-Lumina-proposalRemark jp-mod-${remark.tone}`}
          role={remark.tone === 'error' ? 'alert' : 'status'}
        >
          {remark.text}
        </span>
      )}
      <span className="jp-Lumina-actionButtons">
        {entries.length > 0 && (
          <>
            <Button
              onClick={() => go(-1)}
              title={trans.__('Go to the proposed change before (Shift F7)')}
            >
              {trans.__('Previous')}
            </Button>
            <Button onClick={() => go(1)} title={trans.__('Go to the next proposed change (F7)')}>
              {trans.__('Next')}
            </Button>
          </>
        )}
        {open > 0 && (
          <Button accept aria-disabled={busy} onClick={decide(true)}>
            {trans.__('Accept all')}
          </Button>
        )}
        {entries.length > 0 ? (
          <Button aria-disabled={busy} onClick={decide(false)}>
            {open ? trans.__('Refuse all') : trans.__('Dismiss')}
          </Button>
        ) : (
          <Button onClick={() => review.hush()}>{trans.__('Close')}</Button>
        )}
      </span>
    </>
  );
}
