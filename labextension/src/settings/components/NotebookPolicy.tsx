import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { readPolicy, writePolicy, type INotebookPolicy } from '../../notebook/policy';
import type { VariablePolicy } from '../types';
import type { IParts } from './context';
import { policyName } from './policyName';

/** The policy of the notebook that was last on top; it is part of the notebook, and so holds for everybody. */
export function NotebookPolicy(props: IParts): React.ReactElement {
  const { notebooks, trans } = props;
  const [panel, setPanel] = React.useState<NotebookPanel | null>(notebooks?.currentWidget ?? null);
  React.useEffect(() => {
    const follow = () => setPanel(notebooks?.currentWidget ?? null);
    notebooks?.currentChanged.connect(follow);
    return () => {
      notebooks?.currentChanged.disconnect(follow);
    };
  }, [notebooks]);
  const model = panel?.content.model;
  return (
    <>
      <h2>{trans.__('In this notebook')}</h2>
      {panel && model ? (
        <Editor notebook={model} path={panel.context.path} trans={trans} />
      ) : (
        <p>{trans.__('Open a notebook to set what models may see of it.')}</p>
      )}
    </>
  );
}

function Editor(props: {
  notebook: INotebookModel;
  path: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { notebook: model, path, trans } = props;
  const [, update] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    model.metadataChanged.connect(update);
    return () => {
      model.metadataChanged.disconnect(update);
    };
  }, [model]);
  const policy = readPolicy(model);
  const change = (changes: Partial<INotebookPolicy>) => writePolicy(model, changes);
  const kinds: readonly VariablePolicy[] = ['values', 'schema-only', 'off'];
  return (
    <>
      <p>
        <code>{path}</code>{' '}
        <span className="jp-LuminaPage-soft">
          {trans.__('Kept in the notebook: it holds for everybody who opens it.')}
        </span>
      </p>
      <div className="jp-LuminaSettings-choice">
        <label>
          <input
            type="checkbox"
            checked={policy.assistant}
            onChange={event => change({ assistant: event.target.checked })}
          />
          {trans.__('Models may see this notebook')}
        </label>
        <label>
          <input
            type="checkbox"
            checked={policy.ghost_text}
            disabled={!policy.assistant}
            onChange={event => change({ ghost_text: event.target.checked })}
          />
          {trans.__('Suggest code while somebody types in it')}
        </label>
        <fieldset disabled={!policy.assistant}>
          <legend>{trans.__('What models may see of its variables')}</legend>
          {kinds.map(kind => (
            <label key={kind}>
              <input
                type="radio"
                name="lumina-notebook-variables"
                checked={policy.variables === kind}
                onChange={() => change({ variables: kind })}
              />
              {policyName(kind, trans)}
            </label>
          ))}
        </fieldset>
      </div>
    </>
  );
}
