import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';
import { Sentences, useParts } from './parts';
import type { IEvidence, IReport } from './wire';
import { costOf, outcomeOf } from './words';

/** How a run ended: what was done, on what evidence, what it took, and what was left. */
export const ReportView = React.memo(function ReportView(props: {
  run: string;
  report: IReport;
  /** Whether all that it speaks of was undone since. */
  undone: boolean;
  /** Changes with what is known of the cells that evidence rests on. */
  known: unknown;
}): React.ReactElement {
  const { report, run, undone } = props;
  const { rendermime, trans } = useParts();
  const took = { ...report, tokens: report.input_tokens + report.output_tokens };
  const label = trans.__('Report');
  return (
    <section
      className="jp-LuminaActivity-report"
      data-outcome={undone ? 'undone' : report.outcome}
      aria-label={label}
    >
      <h3>{trans.__('Report: %1', outcomeOf(report.outcome, trans))}</h3>
      {undone && (
        <p>
          <b>{trans.__('All of this was undone since.')}</b>
        </p>
      )}
      {report.summary && <p>{report.summary}</p>}
      {report.answer && <Answer text={report.answer} rendermime={rendermime} />}
      <Sentences title={trans.__('What was done')} sentences={report.done} />
      <Sentences title={trans.__('What was left')} sentences={report.left} />
      <Sentences
        title={trans.__('What an undo does not bring back')}
        sentences={report.not_covered}
      />
      {report.evidence.length > 0 && (
        <>
          <h4>{trans.__('Evidence')}</h4>
          <ul className="jp-LuminaActivity-evidence">
            {report.evidence.map((evidence, at) => (
              <li key={at}>
                <Chip run={run} evidence={evidence} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="jp-LuminaPage-soft">{costOf(took, trans)}</p>
    </section>
  );
});

/** Something that a claim rests on; a click goes to its cell. */
function Chip({ evidence, run }: { run: string; evidence: IEvidence }): React.ReactElement {
  const { model, trans } = useParts();
  const stale = model.isStale(run, evidence);
  const number = evidence.cell ? model.numberOf(evidence.cell) : 0;
  const words = stale
    ? number
      ? trans.__('Stale: the cell has changed since.')
      : trans.__('Stale: the cell is gone.')
    : '';
  const content = (
    <>
      {number > 0 && <b>{trans.__('Cell #%1', number)}</b>}
      <span>{evidence.claim}</span>
      {stale && <em>{number ? trans.__('stale') : trans.__('stale, cell gone')}</em>}
    </>
  );
  const title = [words, evidence.excerpt].filter(Boolean).join('\n');
  return number > 0 ? (
    <button
      type="button"
      className="jp-LuminaActivity-chip"
      data-stale={stale === true}
      title={title}
      onClick={() => model.reveal(evidence.cell)}
    >
      {content}
    </button>
  ) : (
    <span className="jp-LuminaActivity-chip" data-stale={stale === true} title={title}>
      {content}
    </span>
  );
}

/** Words of a model: drawn as the chat draws them, with nothing fetched from elsewhere. */
function Answer(props: { text: string; rendermime: IRenderMimeRegistry }): React.ReactElement {
  const { rendermime, text } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const target = host.current;
    let gone = false;
    if (target) {
      target.textContent = text;
      void import('../chat/rendering/renderer').then(async ({ ChatRenderer }) => {
        const drawn = document.createElement('div');
        await new ChatRenderer(rendermime, null, () => null).markdown(text, drawn);
        if (!gone) {
          target.replaceChildren(...drawn.childNodes);
        }
      });
    }
    return () => {
      gone = true;
    };
  }, [rendermime, text]);
  return (
    <div
      className="jp-LuminaActivity-answer jp-RenderedHTMLCommon jp-RenderedMarkdown"
      ref={host}
    />
  );
}
