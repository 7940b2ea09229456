import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Button, Failure } from '../components';
import { SidebarView } from '../view';
import { notebookMapIcon } from './icon';
import { NotebookMapModel, type IMapServices } from './model';
import {
  failedCells,
  origin,
  reason,
  staleCells,
  strangers,
  verdict,
  type CellStatus,
  type NotebookMap,
  type VariableOrigin
} from './words';

/** Rows of a list at most. */
const SHOWN = 200;

/** The notebook's map, in the sidebar. */
export class NotebookMapPanel extends SidebarView<NotebookMapModel> {
  constructor(
    services: IMapServices,
    private readonly trans: TranslationBundle
  ) {
    const name = trans.__('Notebook Map');
    super(new NotebookMapModel(services), {
      id: 'lumina-notebook-map',
      icon: notebookMapIcon,
      name
    });
  }

  protected override render(): React.ReactElement {
    return <View model={this.shown} trans={this.trans} />;
  }
}

interface IPart {
  readonly model: NotebookMapModel;
  readonly trans: TranslationBundle;
}

function View({ model, trans }: IPart): React.ReactElement {
  const { error, loading, map, name } = model;
  return (
    <div className="jp-LuminaPage jp-LuminaMap" aria-busy={loading}>
      <div className="jp-LuminaPage-head">
        <h1>{trans.__('Notebook Map')}</h1>
        {name && <Button onClick={() => void model.draw()}>{trans.__('Refresh')}</Button>}
      </div>
      {name && <p className="jp-LuminaPage-soft">{name}</p>}
      <p className="jp-LuminaMap-verdict" role="status" aria-live="polite">
        {!name
          ? trans.__('Open a notebook to see which of its cells are stale.')
          : map
            ? verdict(map, trans)
            : loading
              ? trans.__('Drawing the map…')
              : ''}
      </p>
      {error && <Failure error={error} trans={trans} retry={() => void model.draw()} />}
      {map && !map.known && (
        <p className="jp-LuminaPage-soft">
          {trans.__(
            'The kernel does not tell what it has run, so edits are not noticed. Start a Python kernel, or run a cell, and refresh.'
          )}
        </p>
      )}
      {map && <Found map={map} model={model} trans={trans} />}
    </div>
  );
}

function Found({ map, model, trans }: IPart & { map: NotebookMap }): React.ReactElement {
  return (
    <>
      <Again map={map} model={model} trans={trans} />
      <Cells title={trans.__('Stale')} cells={staleCells(map)} model={model} trans={trans} />
      <Cells title={trans.__('Failed')} cells={failedCells(map)} model={model} trans={trans} />
      <Strangers map={map} model={model} trans={trans} />
    </>
  );
}

function Cells(props: IPart & { title: string; cells: CellStatus[] }): React.ReactElement | null {
  const { cells, model, title, trans } = props;
  return (
    <Section title={title} count={cells.length} trans={trans}>
      {cells.slice(0, SHOWN).map(cell => (
        <li key={cell.id} data-state={cell.state}>
          <button type="button" onClick={() => model.reveal(cell.id)}>
            <span className="jp-LuminaMap-cell">
              <b>{trans.__('Cell #%1', cell.number)}</b> <code>{model.beginning(cell.id)}</code>
            </span>
            <span className="jp-LuminaMap-reason">{reason(cell, trans)}</span>
          </button>
        </li>
      ))}
    </Section>
  );
}

function Again({ map, model, trans }: IPart & { map: NotebookMap }): React.ReactElement | null {
  const numbers = numbersOf(map);
  if (!map.rerun.length && !model.running) {
    return null;
  }
  const listed = map.rerun.slice(0, SHOWN).map(id => `#${numbers.get(id)}`);
  const more = map.rerun.length - listed.length;
  return (
    <section className="jp-LuminaMap-again">
      <h2>{trans.__('To run again')}</h2>
      <p>
        {trans._n(
          '%1 cell makes everything fresh:',
          '%1 cells, in this order, make everything fresh:',
          map.rerun.length
        )}{' '}
        <b>{listed.join(', ')}</b>
        {more > 0 && ` ${trans.__('and %1 more', more)}`}
      </p>
      <Button accept disabled={model.running} onClick={() => void model.runAgain()}>
        {model.running ? trans.__('Running…') : trans.__('Run These Cells')}
      </Button>{' '}
      {model.running && (
        <Button onClick={() => void model.interrupt()}>{trans.__('Interrupt')}</Button>
      )}
    </section>
  );
}

function Strangers({ map, model, trans }: IPart & { map: NotebookMap }): React.ReactElement | null {
  const numbers = numbersOf(map);
  const found = strangers(map);
  return (
    <Section
      title={trans.__('Variables from code that changed')}
      count={found.length}
      trans={trans}
    >
      {found.slice(0, SHOWN).map(variable => (
        <li key={variable.name} data-state={variable.origin}>
          <Origin
            variable={variable}
            number={numbers.get(variable.cell)}
            model={model}
            trans={trans}
          />
        </li>
      ))}
    </Section>
  );
}

function Origin(props: IPart & { variable: VariableOrigin; number: number | undefined }) {
  const { model, number, trans, variable } = props;
  const told = (
    <>
      <code>{variable.name}</code>
      <span className="jp-LuminaMap-reason">{origin(variable, number, trans)}</span>
    </>
  );
  return number === undefined ? (
    <div className="jp-LuminaMap-row">{told}</div>
  ) : (
    <button type="button" onClick={() => model.reveal(variable.cell)}>
      {told}
    </button>
  );
}

function Section(
  props: React.PropsWithChildren<{ title: string; count: number; trans: TranslationBundle }>
): React.ReactElement | null {
  const { children, count, title, trans } = props;
  const id = React.useId();
  if (!count) {
    return null;
  }
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul className="jp-LuminaMap-list">{children}</ul>
      {count > SHOWN && (
        <p className="jp-LuminaPage-soft">{trans.__('%1 more are not shown.', count - SHOWN)}</p>
      )}
    </section>
  );
}

function numbersOf(map: NotebookMap): Map<string, number> {
  return new Map(map.cells.map(cell => [cell.id, cell.number]));
}
