import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from './IconButton';
import type { ISlashCommand } from '../slash/tokens';
import { useServices } from './services';
import { usePersonas } from './Speaker';

/** Everything that can be written in a question, and the keys. */
export function Help(props: { onClose: () => void }): React.ReactElement {
  const { trans, preferences } = useServices();
  const commands = useSlashCommands();
  const personas = usePersonas();
  const box = React.useRef<HTMLDivElement>(null);
  const title = React.useId();
  React.useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    return () => {
      if (box.current?.contains(document.activeElement)) {
        before?.focus();
      }
    };
  }, []);
  const mentions: [string, string][] = [
    ['@df', trans.__('a variable of the kernel, by its name')],
    ['@df.price', trans.__('one column of a table')],
    ['@cell', trans.__('the active cell; @cell:#5 is the fifth; or drag a cell here')],
    ['@file:data.csv', trans.__('a file; in quotes when its name has spaces')],
    ['@doc:pandas.concat', trans.__('the documentation of a function, class or module')],
    ['@selection', trans.__('what is selected in the editor')],
    ['@error', trans.__('the last error of the notebook')],
    ['@notebook', trans.__('the whole notebook')]
  ];
  const people: [string, string][] = personas.map(({ description, name, title }) => [
    `@${name}`,
    description || title
  ]);
  const keys: [string, string][] = [
    [preferences.sendWith === 'enter' ? 'Enter' : 'Shift+Enter', trans.__('send')],
    [preferences.sendWith === 'enter' ? 'Shift+Enter' : 'Enter', trans.__('begin a new line')],
    ['Ctrl+.', trans.__('change between asking and the agent')],
    ['Escape', trans.__('stop the answer, or go back to the notebook')],
    ['Page Up, Page Down', trans.__('go from turn to turn')]
  ];
  return (
    <div
      ref={box}
      className="jp-LuminaChat-popover jp-LuminaChat-help"
      role="dialog"
      aria-labelledby={title}
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          props.onClose();
        }
      }}
    >
      <div className="jp-LuminaChat-popoverHead">
        <h3 id={title}>{trans.__('What you can write')}</h3>
        <IconButton icon={closeIcon} label={trans.__('Close')} onClick={props.onClose} />
      </div>
      <Terms title={trans.__('Mentions show the model something')} terms={mentions} />
      {people.length > 0 && (
        <Terms title={trans.__('A persona’s name at the beginning asks it')} terms={people} />
      )}
      <Terms
        title={trans.__('Commands begin a question')}
        terms={commands.map(each => [
          `/${each.name} ${each.argumentHint}`.trim(),
          each.description || each.title
        ])}
      />
      <Terms title={trans.__('Keys')} terms={keys} />
    </div>
  );
}

/** The commands, those of the server as soon as they are there. */
function useSlashCommands(): readonly ISlashCommand[] {
  const { slash } = useServices();
  const [commands, setCommands] = React.useState(() => slash.list());
  React.useEffect(() => {
    const update = () => setCommands(slash.list());
    slash.changed.connect(update);
    update();
    return () => void slash.changed.disconnect(update);
  }, [slash]);
  return commands;
}

function Terms(props: {
  title: string;
  terms: readonly (readonly [string, string])[];
}): React.ReactElement {
  return (
    <>
      <h4>{props.title}</h4>
      <dl>
        {props.terms.map(([term, meaning]) => (
          <React.Fragment key={term}>
            <dt>
              <code>{term}</code>
            </dt>
            <dd>{meaning}</dd>
          </React.Fragment>
        ))}
      </dl>
    </>
  );
}
