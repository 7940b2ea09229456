import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { FieldKind, IField } from './fields';
import { plain } from './plain';
import { takenIfEmpty, type Value } from './values';

/** Characters of a field's name, and of one that is offered to choose. */
const MOST_TITLE = 200;
const MOST_DESCRIPTION = 500;
/** Characters from which on a text gets more than a line. */
const LONG = 200;

interface IFieldRow {
  readonly field: IField;
  readonly value: Value;
  /** What is wrong with it; empty when nothing is. */
  readonly problem: string;
  readonly change: (value: Value) => void;
  readonly trans: TranslationBundle;
}

/** One field of a form: its name, what it is for, where it is filled in, and what is wrong with that. */
export function FieldRow(props: IFieldRow): React.ReactElement {
  const { field, problem, trans, value } = props;
  const id = React.useId();
  const help = helpOf(field, value, trans);
  const description = plain(field.description, MOST_DESCRIPTION);
  const told = [description && `${id}-about`, help && `${id}-help`, problem && `${id}-problem`];
  const shared = {
    id,
    'data-field': field.name,
    'aria-describedby': told.filter(Boolean).join(' ') || undefined,
    'aria-invalid': problem !== '',
    'aria-required': field.required
  };
  const title = (
    <>
      <bdi>{plain(field.title, MOST_TITLE) || trans.__('No name')}</bdi>
      {!field.required && field.kind !== 'boolean' && (
        <span className="jp-LuminaQuestion-soft"> {trans.__('(optional)')}</span>
      )}
    </>
  );
  const about = (
    <>
      {description && (
        <p id={`${id}-about`} className="jp-LuminaQuestion-soft" dir="auto">
          {description}
        </p>
      )}
    </>
  );
  const below = (
    <>
      {help && (
        <p id={`${id}-help`} className="jp-LuminaQuestion-soft">
          {help}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className="jp-LuminaQuestion-problem">
          {problem}
        </p>
      )}
    </>
  );
  const row = { className: 'jp-LuminaQuestion-field', 'data-wrong': problem !== '' };
  if (field.kind === 'boolean') {
    return (
      <div {...row}>
        <label className="jp-LuminaQuestion-tick">
          <Tick {...props} shared={shared} /> {title}
        </label>
        {about}
        {below}
      </div>
    );
  }
  if (field.kind === 'several') {
    return (
      <fieldset {...row} aria-describedby={shared['aria-describedby']}>
        <legend>{title}</legend>
        {about}
        <Several {...props} />
        {below}
      </fieldset>
    );
  }
  return (
    <div {...row}>
      <label htmlFor={id}>{title}</label>
      {about}
      {field.kind === 'one' ? (
        <One {...props} shared={shared} />
      ) : (
        <Written {...props} shared={shared} />
      )}
      {below}
    </div>
  );
}

type Shared = React.HTMLAttributes<HTMLElement> & { 'data-field': string };

function Tick({ change, shared, value }: IFieldRow & { shared: Shared }): React.ReactElement {
  // A box has no aria-required: unticked is an answer, too.
  const { 'aria-required': _, ...own } = shared;
  return (
    <input
      {...own}
      type="checkbox"
      checked={value === true}
      onChange={event => change(event.target.checked)}
    />
  );
}

function One(props: IFieldRow & { shared: Shared }): React.ReactElement {
  const { change, field, shared, trans, value } = props;
  return (
    <select
      {...shared}
      className="jp-LuminaQuestion-input"
      value={value as string}
      onChange={event => change(event.target.value)}
    >
      {(!field.required || value === '') && field.preset === undefined && (
        <option value="">{field.required ? trans.__('Choose…') : trans.__('No answer')}</option>
      )}
      {field.options.map((option, at) => (
        <option key={at} value={option.value}>
          {plain(option.title, MOST_TITLE)}
        </option>
      ))}
    </select>
  );
}

function Several({ change, field, value }: IFieldRow): React.ReactElement {
  const chosen = value as readonly string[];
  const toggled = (name: string, ticked: boolean) =>
    field.options
      .map(option => option.value)
      .filter(each => (each === name ? ticked : chosen.includes(each)));
  return (
    <div className="jp-LuminaQuestion-options">
      {field.options.map((option, at) => (
        <label key={at} className="jp-LuminaQuestion-tick">
          <input
            type="checkbox"
            data-field={field.name}
            checked={chosen.includes(option.value)}
            onChange={event => change(toggled(option.value, event.target.checked))}
          />{' '}
          <bdi>{plain(option.title, MOST_TITLE)}</bdi>
        </label>
      ))}
    </div>
  );
}

const TYPES: Partial<Record<FieldKind, string>> = {
  date: 'date',
  'date-time': 'datetime-local'
};
const KEYS: Partial<Record<FieldKind, 'decimal' | 'numeric' | 'email' | 'url'>> = {
  number: 'decimal',
  integer: 'numeric',
  email: 'email',
  uri: 'url'
};

function Written(props: IFieldRow & { shared: Shared }): React.ReactElement {
  const { change, field, shared, value } = props;
  const { kind, most } = field;
  const own = {
    ...shared,
    value: value as string,
    // What a browser or a password manager knows is none of the server's business.
    autoComplete: 'off',
    'data-1p-ignore': true,
    'data-lpignore': 'true',
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      change(event.target.value)
  };
  return kind === 'json' || (kind === 'text' && most !== null && most > LONG) ? (
    <textarea {...own} className="jp-LuminaQuestion-input" rows={3} dir="auto" />
  ) : (
    <input
      {...own}
      className="jp-LuminaQuestion-input"
      type={TYPES[kind] ?? 'text'}
      inputMode={KEYS[kind]}
      dir={kind === 'text' ? 'auto' : undefined}
    />
  );
}

/** How a field is filled in, where that does not go without saying. */
function helpOf(field: IField, value: Value, trans: TranslationBundle): string {
  const { kind, least, most } = field;
  const taken = plain(takenIfEmpty(field, value), MOST_TITLE);
  const numeric = kind === 'number' || kind === 'integer';
  return [
    numeric && least !== null && most !== null ? trans.__('From %1 to %2.', least, most) : '',
    kind === 'date-time' ? trans.__('In the time zone of this browser.') : '',
    kind === 'json' ? trans.__('As JSON; a text stands in quotes.') : '',
    taken ? trans.__('Left empty, it is %1.', taken) : ''
  ]
    .filter(Boolean)
    .join(' ');
}
