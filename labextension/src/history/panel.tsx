import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { historyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button, Failure } from '../components';
import { SidebarView } from '../view';
import { CompareView } from './compareView';
import { HistoryModel, type IHistoryServices } from './model';
import {
  byDay,
  changesOf,
  nameOf,
  reasonOf,
  timeOf,
  verdict,
  whenOf,
  whoOf,
  type CellDifference,
  type Moment
} from './words';

/** The notebook's history, in the sidebar. */
export class HistoryPanel extends SidebarView<HistoryModel> {
  constructor(
    services: IHistoryServices,
    private readonly trans: TranslationBundle
  ) {
    const name = trans.__('Notebook History');
    super(new HistoryModel(services), { id: 'lumina-notebook-history', icon: historyIcon, name });
  }

  protected override render(): React.ReactElement {
    return <View model={this.shown} trans={this.trans} />;
  }
}

interface IPart {
  readonly model: HistoryModel;
  readonly trans: TranslationBundle;
}

function View({ model, trans }: IPart): React.ReactElement {
  const { loading, moment, name } = model;
  // Where the focus goes when one comes back to the list.
  const left = React.useRef('');
  if (moment) {
    left.current = moment.id;
  }
  return (
    <div className="jp-LuminaPage jp-LuminaHistory" aria-busy={loading || model.restoring}>
      <div className="jp-LuminaPage-head">
        <h1>{trans.__('Notebook History')}</h1>
      </div>
      {name && (
        <div className="jp-LuminaHistory-bar">
          {moment ? (
            <Button onClick={() => model.leave()}>{trans.__('‹ All Moments')}</Button>
          ) : (
            <span className="jp-LuminaPage-soft">{name}</span>
          )}
          <Button onClick={() => void model.refresh()}>{trans.__('Refresh')}</Button>
        </div>
      )}
      {moment ? (
        <MomentPart model={model} moment={moment} trans={trans} />
      ) : (
        <Moments model={model} trans={trans} left={left.current} />
      )}
    </div>
  );
}

function Moments({ left, model, trans }: IPart & { left: string }): React.ReactElement {
  const { error, loading, moments, name } = model;
  const told = !name
    ? trans.__('Open a notebook to see its history.')
    : moments === null
      ? loading
        ? trans.__('Looking for earlier moments…')
        : ''
      : moments.length
        ? ''
        : trans.__(
            'There is no earlier moment yet. One is kept as you save, before an agent edits, and before anything could get lost.'
          );
  return (
    <>
      <p role="status" aria-live="polite" className="jp-LuminaHistory-told">
        {told}
      </p>
      {error && <Failure error={error} trans={trans} retry={() => void model.refresh()} />}
      {byDay(moments ?? [], new Date(), trans).map(day => (
        <section key={day.label} aria-label={day.label}>
          <h2>{day.label}</h2>
          <ul className="jp-LuminaHistory-list">
            {day.moments.map(moment => (
              <li key={`${moment.kind}-${moment.id}`} data-kind={moment.kind}>
                <MomentRow model={model} moment={moment} trans={trans} focus={moment.id === left} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function MomentRow(props: IPart & { moment: Moment; focus: boolean }): React.ReactElement {
  const { focus, model, moment, trans } = props;
  const row = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => {
    if (focus) {
      row.current?.focus();
    }
  }, []);
  const who = whoOf(moment, trans);
  const told = (
    <>
      <time dateTime={new Date(moment.at * 1000).toISOString()}>{timeOf(moment)}</time>
      <span className="jp-LuminaHistory-what">
        <b>{reasonOf(moment, trans)}</b>
        {who && <span className="jp-LuminaHistory-who">{who}</span>}
        <span className="jp-LuminaHistory-changes" data-damaged={moment.damaged}>
          {changesOf(moment, trans)}
        </span>
      </span>
    </>
  );
  if (moment.kind === 'run') {
    return <div className="jp-LuminaHistory-row">{told}</div>;
  }
  return (
    <button
      type="button"
      className="jp-LuminaHistory-row"
      ref={row}
      onClick={() => void model.look(moment)}
    >
      {told}
    </button>
  );
}

function MomentPart({ model, moment, trans }: IPart & { moment: Moment }): React.ReactElement {
  const { comparison, error, loading, restored, restoring } = model;
  const heading = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => heading.current?.focus(), [moment.id]);
  const when = whenOf(moment);
  const differs = !!comparison && (comparison.cells.length > 0 || comparison.metadata);
  const ask = async (title: string, cell?: CellDifference) => {
    const { button } = await showDialog({
      title,
      body: cell
        ? trans.__(
            '%1 becomes what it was on %2. The notebook as it is now is kept in its history, so this can be undone.',
            nameOf(cell, trans),
            when
          )
        : trans.__(
            'It becomes what it was on %1, for everybody who has it open. The notebook as it is now is kept in its history, so this can be undone.',
            when
          ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Restore') })
      ]
    });
    if (button.accept) {
      await model.restore(cell?.id);
    }
    heading.current?.focus();
  };
  return (
    <section aria-label={trans.__('The notebook on %1', when)}>
      <h2 ref={heading} tabIndex={-1}>
        {when}
      </h2>
      <p className="jp-LuminaPage-soft">
        {[reasonOf(moment, trans), whoOf(moment, trans), changesOf(moment, trans)]
          .filter(part => part)
          .join(' · ')}
      </p>
      {error && <Failure error={error} trans={trans} retry={() => void model.refresh()} />}
      <p role="status" aria-live="polite" className="jp-LuminaHistory-told">
        {restoring
          ? trans.__('Restoring…')
          : restored
            ? restored.cells
              ? trans._n('%1 cell was restored.', '%1 cells were restored.', restored.cells)
              : trans.__('Nothing had to be restored.')
            : comparison
              ? verdict(comparison, trans)
              : loading
                ? trans.__('Comparing with now…')
                : ''}
      </p>
      {restored?.undo && (
        <Button onClick={() => void model.lookAtUndo()}>
          {trans.__('See What It Was Before')}
        </Button>
      )}
      {model.unsaved && (
        <p className="jp-LuminaPage-soft">
          {trans.__('Compared with the notebook as it was last saved.')}
        </p>
      )}
      {differs && (
        <Button
          accept
          disabled={restoring}
          onClick={() => void ask(trans.__('Restore the whole notebook?'))}
        >
          {trans.__('Restore Notebook…')}
        </Button>
      )}
      {comparison && (
        <CompareView
          comparison={comparison}
          model={model}
          trans={trans}
          restore={cell => void ask(trans.__('Restore this cell?'), cell)}
        />
      )}
    </section>
  );
}
