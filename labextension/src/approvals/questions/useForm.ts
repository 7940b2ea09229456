import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IApprovals, IQuestion } from '../tokens';
import type { IDraft } from './drafts';
import { fieldsOf, type IField } from './fields';
import { contentOf, presets, problemOf, type Value } from './values';

/** The form of a question. */
export interface IForm {
  readonly fields: readonly IField[];
  readonly valueOf: (field: IField) => Value;
  readonly change: (name: string, value: Value) => void;
  /** What is wrong, by the fields' names; empty as long as nobody has tried to send it. */
  readonly problems: ReadonlyMap<string, string>;
  /** Send it; or go to the first field that is not right yet. */
  readonly send: () => void;
  /** Enter sends from a line, and with Ctrl or Cmd from anywhere. */
  readonly onKeyDown: (event: React.KeyboardEvent, busy: boolean) => void;
}

/** What stands in the form of a question, what is wrong with it, and how it is sent. */
export function useForm(
  question: IQuestion,
  approvals: IApprovals,
  draft: IDraft,
  card: React.RefObject<HTMLElement>,
  trans: TranslationBundle
): IForm {
  const { fields: schema, id } = question;
  const { drafts } = approvals;
  const fields = React.useMemo(() => fieldsOf(schema), [schema]);
  const suggested = React.useMemo(() => presets(fields), [fields]);
  // A date that was begun and not finished is empty to all but the browser.
  const [begun, setBegun] = React.useState<ReadonlySet<string>>(new Set());
  const [tries, setTries] = React.useState(0);
  const values = draft.values ?? suggested;
  const valueOf = ({ name }: IField) => values.get(name)!;
  const problemsWith = (unfinished: ReadonlySet<string>) =>
    new Map(
      fields
        .map(field => [
          field.name,
          unfinished.has(field.name)
            ? trans.__('Finish the date, or clear it.')
            : problemOf(field, valueOf(field), trans)
        ])
        .filter(([, problem]) => problem) as [string, string][]
    );
  React.useEffect(() => {
    if (tries) {
      const wrong = '[data-wrong="true"] :is(input, select, textarea)';
      card.current?.querySelector<HTMLElement>(wrong)?.focus();
    }
  }, [tries, card]);
  const send = () => {
    const unfinished = new Set(
      [...(card.current?.querySelectorAll<HTMLInputElement>('input[data-field]') ?? [])]
        .filter(({ validity }) => validity.badInput)
        .map(each => each.dataset['field']!)
    );
    if (problemsWith(unfinished).size) {
      setBegun(unfinished);
      drafts.change(id, { tried: true });
      setTries(tries + 1);
    } else {
      void approvals.answer(id, 'accept', contentOf(fields, values));
    }
  };
  return {
    fields,
    send,
    valueOf,
    problems: draft.tried ? problemsWith(begun) : new Map<string, string>(),
    change: (name, value) => {
      setBegun(new Set([...begun].filter(each => each !== name)));
      drafts.change(id, { values: new Map(values).set(name, value) });
    },
    onKeyDown: (event, busy) => {
      const written = (event.target as HTMLElement).matches('[data-field]');
      if (written && (event.key === 'PageDown' || event.key === 'PageUp')) {
        // They are for a long text here, and not for the conversation around it.
        event.stopPropagation();
      }
      if (!written || event.key !== 'Enter' || event.nativeEvent.isComposing) {
        return;
      }
      const inLine = (event.target as HTMLElement).matches('input:not([type="checkbox"])');
      if (inLine || event.ctrlKey || event.metaKey) {
        event.preventDefault();
        if (!event.repeat && !busy) {
          send();
        }
      }
    }
  };
}
