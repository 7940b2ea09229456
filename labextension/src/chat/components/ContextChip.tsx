import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IContextReport } from '../model';
import { Fold } from './Fold';
import { count } from './format';
import { useServices } from './services';

/** What the model was shown besides the question, and what did not fit. */
export function ContextChip(props: { report: IContextReport }): React.ReactElement | null {
  const { trans } = useServices();
  const { report } = props;
  if (!report.included.length && !report.left_out.length) {
    return null;
  }
  return (
    <Fold
      className="jp-LuminaChat-context"
      summary={
        <span>
          {trans.__('Saw: %1', summary(report, trans))}
          {' · '}
          {trans.__('%1 tokens', count(report.tokens))}
          {report.left_out.length > 0 && (
            <>
              {' '}
              ·{' '}
              {trans._n(
                '%1 left out',
                '%1 left out',
                report.left_out.length,
                report.left_out.length
              )}
            </>
          )}
        </span>
      }
    >
      {() => (
        <div className="jp-LuminaChat-contextList">
          <ul aria-label={trans.__('What the model saw')}>
            {report.included.map((part, index) => (
              <li key={index}>
                <span>{part.label}</span>
                <span>{trans.__('%1 tokens', count(part.tokens))}</span>
              </li>
            ))}
          </ul>
          {report.left_out.length > 0 && (
            <>
              <p>{trans.__('Left out:')}</p>
              <ul aria-label={trans.__('What was left out')}>
                {report.left_out.map((part, index) => (
                  <li key={index}>
                    <span>
                      {part.label} <em>{part.reason}</em>
                    </span>
                    <span>{trans.__('%1 tokens', count(part.tokens))}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <p className="jp-LuminaChat-quiet">
            {trans.__('There was room for %1 tokens.', count(report.budget))}
          </p>
        </div>
      )}
    </Fold>
  );
}

/** The parts in a few words: cells are counted, all else is named. */
function summary(report: IContextReport, trans: TranslationBundle): string {
  const cells = report.included.filter(part => part.kind === 'cell').length;
  const others = report.included.filter(part => part.kind !== 'cell').map(part => part.label);
  const parts = cells ? [trans._n('%1 cell', '%1 cells', cells, cells)] : [];
  parts.push(...others.slice(0, 3));
  if (others.length > 3) {
    parts.push(trans._n('%1 more', '%1 more', others.length - 3, others.length - 3));
  }
  return parts.join(', ') || trans.__('nothing');
}
