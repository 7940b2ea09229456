import * as React from 'react';
import { Button, Failure } from '../../components';
import type { Provider } from '../types';
import { howToAdd } from '../words';
import type { IParts } from './context';

/** The field for a provider's key: what is typed goes to the server and nowhere else, and is never shown. */
export function KeyForm(props: IParts & { provider: Provider }): React.ReactElement {
  const { model, provider, trans } = props;
  const field = React.useRef<HTMLInputElement>(null);
  // Only whether there is a key to send: the key itself stays in the field.
  const [filled, setFilled] = React.useState(false);
  const [sending, setSending] = React.useState(false);
  const note = model.keyNotes.get(provider.name);
  const kept = provider.key_source === 'key store';
  const id = `lumina-key-${provider.name}`;

  const send = async () => {
    const input = field.current!;
    setSending(true);
    const sent = await model.setKey(provider.name, input.value);
    setSending(false);
    if (sent) {
      input.value = '';
      setFilled(false);
    }
  };
  return (
    <>
      <form
        className="jp-LuminaSettings-key"
        onSubmit={event => {
          event.preventDefault();
          void send();
        }}
      >
        <label htmlFor={id}>{kept ? trans.__('Replace the key') : trans.__('Key')}</label>
        <input
          ref={field}
          id={id}
          type="password"
          className="jp-mod-styled"
          autoComplete="off"
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          aria-describedby={`${id}-how`}
          onChange={event => setFilled(event.target.value.trim() !== '')}
        />
        <Button type="submit" accept disabled={!filled || sending}>
          {sending ? trans.__('Saving…') : trans.__('Save')}
        </Button>
        {kept && (
          <Button
            aria-label={trans.__('Forget the key of %1', provider.title)}
            onClick={() => void model.forgetKey(provider.name)}
          >
            {trans.__('Forget')}
          </Button>
        )}
      </form>
      <p id={`${id}-how`} className="jp-LuminaPage-soft">
        {howToAdd(provider, trans)}
      </p>
      {note && 'error' in note && <Failure error={note.error} trans={trans} />}
      <p role="status" className="jp-LuminaSettings-note">
        {note && 'kind' in note
          ? note.kind === 'kept'
            ? trans.__('The key is kept. Test it to see whether it works.')
            : trans.__('The key is forgotten.')
          : ''}
      </p>
    </>
  );
}
