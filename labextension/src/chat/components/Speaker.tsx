import * as React from 'react';
import { luminaIcon } from '../../icon';
import type { Persona } from '../personas';
import { Avatar } from './People';
import { useServices } from './services';

/** Who answers: a persona, or Lumina itself for an empty name. */
export function Speaker({ persona }: { persona: string }): React.ReactElement {
  const { trans } = useServices();
  const found = usePersonas().find(({ name }) => name === persona);
  const title = persona ? (found?.title ?? persona) : trans.__('Lumina');
  return (
    <div className="jp-LuminaChat-speaker">
      {persona ? (
        <Avatar kind="persona" name={title} initials={initialsOf(title)} color="" />
      ) : (
        <luminaIcon.react tag="span" className="jp-LuminaChat-icon" />
      )}
      <span className="jp-LuminaChat-name">{title}</span>
    </div>
  );
}

/** Whom one can ask, as soon as it is known. */
export function usePersonas(): readonly Persona[] {
  const { personas } = useServices();
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    personas.changed.connect(draw);
    return () => void personas.changed.disconnect(draw);
  }, [personas]);
  return personas.list();
}

/** The first letters of two words, or the first two of one. */
export function initialsOf(title: string): string {
  const words = title.split(/[\s_-]+/).filter(Boolean);
  const letters =
    words.length > 1 ? words.slice(0, 2).map(([first]) => first) : [...title].slice(0, 2);
  return letters.join('').toUpperCase();
}
