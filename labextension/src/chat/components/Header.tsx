import {
  addIcon,
  caretDownIcon,
  ellipsesIcon,
  lockIcon,
  usersIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IPanelSnapshot, IPerson } from '../model';
import { IconButton } from './IconButton';
import { People } from './People';
import { useServices } from './services';
import { Switcher } from './Switcher';
import { openConversationMenu } from './conversationMenu';
import { shown } from './shown';

interface IHeaderProps {
  readonly panel: IPanelSnapshot;
  readonly people: readonly IPerson[];
  /** A search hit was opened: its turn. */
  readonly onOpen: (turn: string) => void;
}

/** Which notebook this is about, which conversation, and who is here. */
export const Header = React.memo(function Header({ panel, people, onOpen }: IHeaderProps) {
  const services = useServices();
  const { trans, model } = services;
  const [open, setOpen] = React.useState(false);
  const { selected, document: subject } = panel;
  const title = selected?.title || trans.__('New conversation');
  const closed = subject.kind === 'none';
  const privacy = selected && !selected.shared;
  return (
    <div className="jp-LuminaChat-header">
      <div className="jp-LuminaChat-headerRow">
        <span className="jp-LuminaChat-document" title={subject.path}>
          {subject.name || trans.__('No notebook is open')}
        </span>
        {selected && (
          <span
            className="jp-LuminaChat-badge"
            title={
              privacy
                ? trans.__('Only you can see this conversation.')
                : trans.__('Everyone who may use Lumina on this server can see this conversation.')
            }
          >
            {privacy ? (
              <lockIcon.react tag="span" className="jp-LuminaChat-icon" />
            ) : (
              <usersIcon.react tag="span" className="jp-LuminaChat-icon" />
            )}
            {privacy ? trans.__('Private') : trans.__('Shared')}
          </span>
        )}
        <People people={people} />
      </div>
      <div className="jp-LuminaChat-headerRow">
        <button
          type="button"
          className="jp-LuminaChat-switch"
          aria-haspopup="dialog"
          aria-expanded={open}
          disabled={closed}
          title={trans.__('Conversations of this notebook')}
          aria-label={trans.__('Conversation: %1', title)}
          onClick={() => setOpen(!open)}
        >
          <span>{title}</span>
          <caretDownIcon.react tag="span" className="jp-LuminaChat-caret" />
        </button>
        <IconButton
          icon={addIcon}
          label={trans.__('New conversation')}
          disabled={closed}
          onClick={() => shown(model.create())}
        />
        <IconButton
          icon={ellipsesIcon}
          label={trans.__('More about this conversation')}
          popup="menu"
          disabled={closed}
          onClick={event => openConversationMenu(event.currentTarget, selected, services)}
        />
      </div>
      {open && <Switcher panel={panel} onClose={() => setOpen(false)} onOpen={onOpen} />}
    </div>
  );
});
