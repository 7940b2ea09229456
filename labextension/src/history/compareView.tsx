import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Button } from '../components';
import type { HistoryModel } from './model';
import { fateOf, linesOf, nameOf, type CellDifference, type Comparison } from './words';

/** CodeMirror's comparison is fetched when the first one is shown. */
const Difference = React.lazy(() => import('./difference'));

/** Cells that are shown at first, and with every request for more. */
const STEP = 20;

interface IPart {
  readonly model: HistoryModel;
  readonly trans: TranslationBundle;
  /** Asks, and then restores one cell. */
  readonly restore: (cell: CellDifference) => void;
}

/** The cells that changed since a moment. */
export function CompareView(props: IPart & { comparison: Comparison }): React.ReactElement {
  const { comparison, trans } = props;
  const [shown, setShown] = React.useState(STEP);
  const left = comparison.cells.length - shown;
  return (
    <>
      <ul className="jp-LuminaHistory-cells" aria-label={trans.__('Cells that changed')}>
        {comparison.cells.slice(0, shown).map(cell => (
          <li key={`${cell.change}-${cell.id}-${cell.number_before}`} data-change={cell.change}>
            <CellPart {...props} cell={cell} />
          </li>
        ))}
      </ul>
      {left > 0 && (
        <Button onClick={() => setShown(shown + STEP)}>
          {trans._n('Show %1 More Cell', 'Show %1 More Cells', Math.min(left, STEP))}
        </Button>
      )}
      {comparison.unchanged > 0 && (
        <p className="jp-LuminaPage-soft">
          {trans._n('%1 cell is as it was.', '%1 cells are as they were.', comparison.unchanged)}
        </p>
      )}
    </>
  );
}

function CellPart({ cell, model, restore, trans }: IPart & { cell: CellDifference }) {
  const name = nameOf(cell, trans);
  const lines = linesOf(cell);
  return (
    <section aria-label={name}>
      <div className="jp-LuminaHistory-cellHead">
        <h3>{name}</h3>
        <span className="jp-LuminaHistory-fate">{fateOf(cell, trans)}</span>
        {lines && <span className="jp-LuminaHistory-lines">{lines}</span>}
        {cell.change !== 'added' && (
          <Button
            disabled={model.restoring}
            aria-label={trans.__('Restore %1', name)}
            onClick={() => restore(cell)}
          >
            {trans.__('Restore Cell…')}
          </Button>
        )}
      </div>
      {cell.lines.length > 0 && (
        <React.Suspense fallback={<pre className="jp-LuminaHistory-plain">{cell.after}</pre>}>
          <Difference
            before={cell.before}
            after={cell.after}
            mimeType={model.mimeType(cell.type)}
            label={trans.__('%1: what changed', name)}
            editors={model.editors}
          />
        </React.Suspense>
      )}
    </section>
  );
}
