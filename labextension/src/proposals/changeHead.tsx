import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { luminaIcon } from '../icon';
import type { IEntry } from './entries';
import type { Review } from './review';

/** The upper part of a proposed change: what it is, whose and why, and what can be done with it as a whole. */
export function changeHead(review: Review, entry: () => IEntry): ReactWidget {
  const widget = ReactWidget.create(
    <UseSignal signal={review.stateChanged}>
      {() => <ChangeHead review={review} entry={entry()} />}
    </UseSignal>
  );
  widget.addClass('jp-Lumina-actionHead');
  return widget;
}

function ChangeHead(props: { review: Review; entry: IEntry }): React.ReactElement {
  const { review, entry } = props;
  const { trans } = review;
  const { change } = entry;
  const open = change.state === 'open';
  const left = change.hunks.length;
  return (
    <>
      <div className="jp-Lumina-actionLine">
        <luminaIcon.react tag="span" className="jp-Lumina-spark" />
        <span className="jp-Lumina-actionTitle">{titleOf(entry, trans)}</span>
        <span className="jp-Lumina-actionStatus" role="status">
          {open && left > 0 ? trans._n('%1 change left', '%1 changes left', left) : ''}
        </span>
        <span className="jp-Lumina-actionButtons">
          {open && (
            <Decide review={review} entry={entry} accept label={acceptLabel(entry, trans)} />
          )}
          <Decide
            review={review}
            entry={entry}
            accept={false}
            label={open ? trans.__('Refuse') : trans.__('Dismiss')}
          />
        </span>
      </div>
      {!open && (
        <p className="jp-Lumina-actionNotice">
          {trans.__('%1 What was proposed no longer fits.', change.stale)}
        </p>
      )}
    </>
  );
}

function Decide(props: {
  review: Review;
  entry: IEntry;
  accept: boolean;
  label: string;
}): React.ReactElement {
  const { review, entry, accept, label } = props;
  return (
    <button
      type="button"
      className={`jp-mod-styled jp-Lumina-actionButton ${accept ? 'jp-mod-accept' : 'jp-mod-reject'}`}
      aria-disabled={review.busy}
      data-lm-suppress-shortcuts="true"
      onClick={() => void review.decide({ accept, entry })}
    >
      {label}
    </button>
  );
}

function titleOf({ change, proposal }: IEntry, trans: TranslationBundle): string {
  const { author } = proposal;
  switch (change.kind) {
    case 'edit':
      return trans.__('%1 proposes changes to this cell', author);
    case 'insert':
      return change.cell_type === 'code'
        ? trans.__('%1 proposes a new cell', author)
        : trans.__('%1 proposes a new text cell', author);
    case 'delete':
      return trans.__('%1 proposes to delete this cell', author);
    default:
      return change.after
        ? trans.__('%1 proposes to move this cell further on', author)
        : trans.__('%1 proposes to move this cell to the beginning', author);
  }
}

function acceptLabel({ change }: IEntry, trans: TranslationBundle): string {
  switch (change.kind) {
    case 'insert':
      return trans.__('Insert');
    case 'delete':
      return trans.__('Delete');
    case 'move':
      return trans.__('Move');
    default:
      return trans.__('Accept');
  }
}
