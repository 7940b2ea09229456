import * as React from 'react';
import { mentionIcon, pictureIcon, questionIcon, sendIcon, stopIcon } from '../icons';
import type { IPanelSnapshot } from '../model';
import { IconButton } from './IconButton';
import { ModeSwitch, type Mode } from './ModeSwitch';
import { ModelPicker } from './ModelPicker';
import { PICTURES } from './pictures';
import { useServices } from './services';

interface IComposerBarProps {
  readonly panel: IPanelSnapshot;
  readonly mode: Mode;
  /** Changes who gets what is written; null where there is no agent. */
  readonly onMode: ((mode: Mode) => void) | null;
  readonly canSend: boolean;
  readonly running: boolean;
  readonly helpOpen: boolean;
  readonly onSend: () => void;
  readonly onStop: () => void;
  readonly onHelp: () => void;
  readonly onMention: () => void;
  readonly onPictures: (files: readonly File[]) => void;
}

/** The row below the input: what can be added, which model answers, send and stop. */
export function ComposerBar(props: IComposerBarProps): React.ReactElement {
  const { trans } = useServices();
  const { panel, canSend, running } = props;
  const picker = React.useRef<HTMLInputElement>(null);
  const closed = panel.document.kind === 'none';
  return (
    <div className="jp-LuminaChat-bar">
      {props.onMode && <ModeSwitch mode={props.mode} onMode={props.onMode} />}
      <IconButton
        icon={mentionIcon}
        label={trans.__('Mention a cell, variable or file')}
        disabled={closed}
        onClick={props.onMention}
      />
      <IconButton
        icon={pictureIcon}
        label={trans.__('Attach a picture (PNG, JPEG, GIF or WebP, 5 MB at most)')}
        disabled={closed}
        onClick={() => picker.current?.click()}
      />
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        aria-hidden
        tabIndex={-1}
        accept={[...PICTURES].join(',')}
        onChange={event => {
          props.onPictures([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <IconButton
        icon={questionIcon}
        label={trans.__('Commands, mentions and keys')}
        expanded={props.helpOpen}
        popup="dialog"
        onClick={props.onHelp}
      />
      <ModelPicker panel={panel} />
      {running && (
        <IconButton
          icon={stopIcon}
          label={trans.__('Stop the answer (Escape)')}
          className="jp-LuminaChat-stop"
          onClick={props.onStop}
        />
      )}
      <IconButton
        icon={sendIcon}
        label={canSend ? trans.__('Send') : trans.__('Send: write a question first')}
        className="jp-LuminaChat-send"
        disabled={!canSend}
        onClick={props.onSend}
      />
    </div>
  );
}
