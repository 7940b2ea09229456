import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IPerson } from '../model';
import { useServices } from './services';

interface IAvatarProps {
  readonly name: string;
  readonly initials: string;
  readonly color: string;
  readonly kind?: 'person' | 'persona';
}

/** A person as a coloured circle with initials; a persona as a square. */
export function Avatar(props: IAvatarProps): React.ReactElement {
  const { name, initials, color, kind = 'person' } = props;
  return (
    <span
      className="jp-LuminaChat-avatar"
      data-kind={kind}
      style={{ borderColor: color || colorOf(name) }}
      title={name}
      aria-hidden
    >
      {initials || name.slice(0, 2).toUpperCase()}
    </span>
  );
}

/** One of JupyterLab's colours for people, always the same for a name. */
function colorOf(name: string): string {
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return `var(--jp-collaborator-color${(sum % 7) + 1})`;
}

/** Who looks at the conversation besides the reader; nothing when nobody does. */
export function People(props: { people: readonly IPerson[] }): React.ReactElement | null {
  const { trans } = useServices();
  if (props.people.length < 2) {
    return null;
  }
  const names = props.people.map(person => person.name).join(', ');
  return (
    <div
      className="jp-LuminaChat-people"
      role="img"
      aria-label={trans.__('Here now: %1', names)}
      title={trans.__('Here now: %1', names)}
    >
      {props.people.slice(0, 4).map(person => (
        <Avatar key={person.id} {...person} />
      ))}
      {props.people.length > 4 && <span>+{props.people.length - 4}</span>}
    </div>
  );
}

/** Who is writing now, in words. */
export function typingText(people: readonly IPerson[], trans: TranslationBundle): string {
  const names = people.filter(person => person.typing).map(person => person.name);
  switch (names.length) {
    case 0:
      return '';
    case 1:
      return trans.__('%1 is writing…', names[0]);
    case 2:
      return trans.__('%1 and %2 are writing…', names[0], names[1]);
    default:
      return trans.__('%1 people are writing…', names.length);
  }
}
