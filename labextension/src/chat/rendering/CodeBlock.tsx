import { copyIcon, addBelowIcon, runIcon, checkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from '../components/IconButton';
import { useServices } from '../components/services';
import type { ICodePlace, CodeVerb } from '../codeActions/notebookCode';
import { replaceIcon } from '../icons';
import { useTurnNotebook } from '../components/turnContext';
import { fencedCode } from './fence';
import { usePainted } from './painted';

interface ICodeBlockProps {
  /** The block's Markdown, fences included. */
  readonly source: string;
  readonly language: string;
  readonly final: boolean;
}

/** A block of code, and what can be done with it. */
export function CodeBlock({ source, language, final }: ICodeBlockProps): React.ReactElement {
  const { renderer, trans } = useServices();
  const code = React.useMemo(() => fencedCode(source), [source]);
  const host = usePainted({
    source: code,
    frozen: final,
    paint: renderer.code(language),
    cache: renderer.cache,
    way: `code ${language}`
  });
  return (
    <div className="jp-LuminaChat-code">
      {final ? <CodeHead code={code} language={language} /> : <CodeHead language={language} />}
      <pre tabIndex={0} aria-label={trans.__('Code')}>
        <code>
          <div ref={host} />
        </code>
      </pre>
    </div>
  );
}

/** Which language it is, and what can be done with the code when it is all there. */
export function CodeHead(props: { code?: string; language: string }): React.ReactElement {
  const { trans } = useServices();
  const { code, language } = props;
  return (
    <div className="jp-LuminaChat-codeHead">
      <span>{language || trans.__('text')}</span>
      {code !== undefined && <CodeTools code={code} language={language} />}
    </div>
  );
}

/** What a button has done, to be said next to it. */
type Outcome = { readonly text: string; readonly place: ICodePlace | null };

function CodeTools(props: { code: string; language: string }): React.ReactElement {
  const { trans, code: actions, announce } = useServices();
  const notebook = useTurnNotebook();
  const [outcome, setOutcome] = React.useState<Outcome | null>(null);
  const [copied, setCopied] = React.useState(false);
  const tell = (next: Outcome) => {
    setOutcome(next);
    announce(next.text);
  };
  const act = async (verb: CodeVerb) => {
    try {
      const place = await actions.apply(verb, {
        notebook,
        code: props.code,
        language: props.language
      });
      if (place) {
        tell({ text: place.text, place });
      }
    } catch (error) {
      tell({ text: error instanceof Error ? error.message : String(error), place: null });
    }
  };
  React.useEffect(() => {
    if (!copied) {
      return;
    }
    const timer = window.setTimeout(() => setCopied(false), 2000);
    return () => window.clearTimeout(timer);
  }, [copied]);
  const runnable = actions.isRunnable(props.language);
  return (
    <>
      <div
        className="jp-LuminaChat-codeTools"
        role="group"
        aria-label={trans.__('What to do with this code')}
      >
        <IconButton
          icon={copied ? checkIcon : copyIcon}
          label={copied ? trans.__('Copied') : trans.__('Copy code')}
          onClick={() => {
            actions.copy(props.code);
            setCopied(true);
            announce(trans.__('Copied.'));
          }}
        />
        {notebook && (
          <>
            <IconButton
              icon={addBelowIcon}
              label={trans.__('Insert below the active cell')}
              onClick={() => void act('insert')}
            />
            <IconButton
              icon={replaceIcon}
              label={trans.__('Replace the active cell…')}
              onClick={() => void act('replace')}
            />
            {runnable && (
              <IconButton
                icon={runIcon}
                label={trans.__('Insert below the active cell and run')}
                onClick={() => void act('run')}
              />
            )}
          </>
        )}
      </div>
      {outcome && (
        <div className="jp-LuminaChat-codeOutcome">
          <span>{outcome.text}</span>
          {outcome.place && (
            <>
              <button className="jp-LuminaChat-link" onClick={() => outcome.place?.reveal()}>
                {trans.__('Show')}
              </button>
              <button
                className="jp-LuminaChat-link"
                onClick={() => tell({ text: outcome.place?.undo() ?? '', place: null })}
              >
                {trans.__('Undo')}
              </button>
            </>
          )}
        </div>
      )}
    </>
  );
}
