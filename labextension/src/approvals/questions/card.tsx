import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ApiError } from '../../api';
import { Failure } from '../../components';
import { CardButton, Fact, Left } from '../parts';
import type { IApprovals, IQuestion } from '../tokens';
import { useGuard } from '../useGuard';
import { addressOf } from './address';
import { AddressView } from './addressView';
import type { IDraft } from './drafts';
import { FieldRow } from './fieldRow';
import { plain } from './plain';
import { asksForSecret } from './secrets';
import { useForm } from './useForm';
import { questionerOf, receiverOf } from './words';

interface IQuestionCard {
  readonly question: IQuestion;
  readonly approvals: IApprovals;
  readonly busy: boolean;
  readonly error: ApiError | null;
  /** What stands beside it; the card may have moved when that changes. */
  readonly beside: string;
  readonly here: string;
  readonly trans: TranslationBundle;
}

/** Characters of a message of which not all is seen at once. */
const LONG = 600;

/** What a tool wants to know: its own words in a frame of their own, and a form, or a page to open. */
export function QuestionCard(props: IQuestionCard): React.ReactElement {
  const { approvals, beside, busy, error, here, question, trans } = props;
  const { id, message, notebook } = question;
  const card = React.useRef<HTMLElement>(null);
  const guard = useGuard(card, beside);
  const titleId = React.useId();
  const draft = useDraft(approvals, id);
  const form = useForm(question, approvals, draft, card, trans);
  const address = React.useMemo(() => addressOf(question.url, trans), [question.url, trans]);
  const asksForPage = question.url !== '';
  const receiver = receiverOf(question);
  const words = plain(message).trim();
  const { fields } = form;
  const open = () => {
    if (!draft.opened) {
      window.open(address!.href, '_blank', 'noopener,noreferrer');
      approvals.drafts.change(id, { opened: true });
    }
    void approvals.answer(id, 'accept');
  };
  const button = (label: string, act: () => void, title: string, look = '') => (
    <CardButton label={label} title={title} look={look} busy={busy} guard={guard} act={act} />
  );
  return (
    <section
      ref={card}
      className="jp-LuminaApproval jp-LuminaQuestion"
      aria-labelledby={titleId}
      aria-busy={busy}
      data-question={id}
      data-settled={guard.settled}
      onKeyDown={event => form.onKeyDown(event, busy)}
    >
      <h3 id={titleId} className="jp-LuminaApproval-what">
        {asksForPage
          ? trans.__('%1 wants you to open a page', questionerOf(question, trans))
          : trans.__('%1 asks you', questionerOf(question, trans))}
      </h3>
      {notebook && notebook !== here && (
        <dl className="jp-LuminaApproval-facts">
          <Fact name={trans.__('Notebook')} value={notebook} />
        </dl>
      )}
      <div
        className="jp-LuminaQuestion-theirs"
        role="group"
        aria-label={trans.__('The words of %1', receiver)}
      >
        <p className="jp-LuminaQuestion-caption">
          {trans.__('Not trusted: these are the words of %1, not of Lumina.', receiver)}
        </p>
        {words && (
          <p
            className="jp-LuminaQuestion-message"
            dir="auto"
            tabIndex={words.length > LONG ? 0 : undefined}
          >
            {words}
          </p>
        )}
        {fields.map(field => (
          <FieldRow
            key={field.name}
            field={field}
            value={form.valueOf(field)}
            problem={form.problems.get(field.name) ?? ''}
            change={value => form.change(field.name, value)}
            trans={trans}
          />
        ))}
      </div>
      {asksForPage ? (
        <AddressView address={address} text={question.url} trans={trans} />
      ) : (
        <p className="jp-LuminaQuestion-note">
          {fields.length
            ? trans.__(
                'What you send goes to %1, which may pass it on, also to the model.',
                receiver
              )
            : trans.__('There is nothing to fill in: to send is to say yes.')}
        </p>
      )}
      {asksForSecret(message, fields) && (
        <p className="jp-LuminaQuestion-secret" role="note">
          <b>{trans.__('This may be a secret.')}</b>{' '}
          {trans.__(
            'No tool should ask for passwords, keys or the like in a form. Decline when in doubt.'
          )}
        </p>
      )}
      {error && <Failure error={error} trans={trans} />}
      <p role="status" className="jp-LuminaQuestion-wrong">
        {form.problems.size > 0 &&
          trans._n(
            '%1 answer is not right yet.',
            '%1 answers are not right yet.',
            form.problems.size
          )}
      </p>
      <div className="jp-LuminaApproval-buttons" role="group" aria-label={trans.__('Answer')}>
        {asksForPage
          ? address &&
            button(
              draft.opened ? trans.__('Tell that it is open') : trans.__('Open page'),
              open,
              trans.__('Open it in a new tab of this browser'),
              'jp-mod-accept'
            )
          : button(
              busy ? trans.__('Sending…') : trans.__('Send'),
              form.send,
              trans.__('Send the answer to %1', receiver),
              'jp-mod-accept'
            )}
        {button(
          trans.__('Decline'),
          () => void approvals.answer(id, 'decline'),
          trans.__('Tell %1 that you do not answer this', receiver)
        )}
        {button(
          trans.__('Cancel'),
          () => void approvals.answer(id, 'cancel'),
          trans.__('Put it away without an answer; it may be asked again')
        )}
        <Left asked={question} trans={trans} />
      </div>
    </section>
  );
}

function useDraft({ drafts }: IApprovals, id: string): IDraft {
  const subscribe = React.useCallback(
    (listener: () => void) => drafts.subscribe(listener),
    [drafts]
  );
  return React.useSyncExternalStore(subscribe, () => drafts.of(id));
}
