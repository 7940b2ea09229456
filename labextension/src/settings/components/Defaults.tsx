import * as React from 'react';
import { Failure } from '../../components';
import type { IParts } from './context';
import { Choice } from './Choice';
import { ModelChooser } from './ModelChooser';

/** Which model answers when none is named, and how much goes into a prompt. */
export function Defaults(props: IParts): React.ReactElement {
  const { model, trans } = props;
  const { configured } = model.preferences!;
  const first = trans.__('the embedded model, or else the first provider');
  return (
    <>
      <h2>{trans.__('Defaults')}</h2>
      <p>{trans.__('What you choose here is kept in your data folder, and holds at once.')}</p>
      <Choice
        {...props}
        name="default_model"
        label={trans.__('Model')}
        description={trans.__('Answers when a question names no other.')}
        configured={configured.default_model || first}
      >
        {(id, disabled) => (
          <ModelChooser {...props} id={id} disabled={disabled} name="default_model" empty={first} />
        )}
      </Choice>
      <Choice
        {...props}
        name="history_tokens"
        label={trans.__('Tokens of earlier turns')}
        description={trans.__('How much of the conversation so far goes into a prompt at most.')}
        configured={String(configured.history_tokens)}
      >
        {(id, disabled) => <Tokens {...props} id={id} disabled={disabled} name="history_tokens" />}
      </Choice>
      <Choice
        {...props}
        name="context_tokens"
        label={trans.__('Tokens of context')}
        description={trans.__(
          'How much of the notebook, its variables and files goes into a prompt at most.'
        )}
        configured={String(configured.context_tokens)}
      >
        {(id, disabled) => <Tokens {...props} id={id} disabled={disabled} name="context_tokens" />}
      </Choice>
      {model.choiceError && <Failure error={model.choiceError} trans={trans} />}
      <Saved {...props} />
    </>
  );
}

/** Says each time that a choice was kept. */
export function Saved(props: IParts): React.ReactElement {
  const { model, trans } = props;
  return (
    <p role="status" key={model.saved} className="jp-LuminaSettings-note">
      {model.saved > 0 && !model.choiceError ? trans.__('Saved.') : ''}
    </p>
  );
}

function Tokens(
  props: IParts & { id: string; disabled: boolean; name: 'history_tokens' | 'context_tokens' }
): React.ReactElement {
  const { disabled, id, model, name } = props;
  const value = model.preferences!.effective[name];
  const [text, setText] = React.useState(String(value));
  React.useEffect(() => setText(String(value)), [value]);
  const commit = () => {
    const wanted = Number(text);
    if (text.trim() === '' || !Number.isInteger(wanted)) {
      setText(String(value));
    } else if (wanted !== value) {
      void model.choose({ [name]: wanted });
    }
  };
  return (
    <input
      id={id}
      type="number"
      min={0}
      max={1_000_000}
      step={500}
      className="jp-mod-styled"
      aria-describedby={`${id}-what`}
      disabled={disabled}
      value={text}
      onChange={event => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={event => event.key === 'Enter' && commit()}
    />
  );
}
