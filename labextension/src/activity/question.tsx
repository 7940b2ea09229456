import * as React from 'react';
import { Button } from '../components';
import { useParts } from './parts';
import { choicesIn, choiceOf } from './words';

/** A question of the run, and where it is answered. */
export function Question(props: { run: string; text: string }): React.ReactElement {
  const { run, text } = props;
  const { model, trans } = useParts();
  const [reply, setReply] = React.useState('');
  const labelId = React.useId();
  const { asked, choices } = choicesIn(text);
  const [first = '', ...more] = asked.split('\n');
  const busy = model.isBusy('reply', run);
  const send = async (words: string) => {
    if (words.trim() && (await model.reply(run, words))) {
      setReply('');
    }
  };
  return (
    <section className="jp-LuminaApproval" aria-labelledby={labelId}>
      <h3 id={labelId} className="jp-LuminaApproval-what">
        {first}
      </h3>
      {more.length > 0 && (
        <pre className="jp-LuminaCode-plain jp-LuminaActivity-asked" tabIndex={0}>
          {more.join('\n')}
        </pre>
      )}
      {choices.length > 0 && (
        <div
          className="jp-LuminaApproval-buttons"
          role="group"
          aria-label={trans.__('What shall be done')}
        >
          {choices.map(choice => (
            <Button key={choice} disabled={busy} onClick={() => void send(choice)}>
              {choiceOf(choice, trans)}
            </Button>
          ))}
        </div>
      )}
      <textarea
        className="jp-LuminaActivity-words"
        rows={2}
        value={reply}
        aria-labelledby={labelId}
        placeholder={
          choices.length
            ? trans.__('Or tell the agent what to do otherwise')
            : trans.__('Your answer')
        }
        onChange={event => setReply(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void send(reply);
          }
        }}
      />
      <div className="jp-LuminaApproval-buttons">
        <Button accept disabled={!reply.trim() || busy} onClick={() => void send(reply)}>
          {trans.__('Answer')}
        </Button>
      </div>
    </section>
  );
}
