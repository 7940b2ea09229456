import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IImage, IPanelSnapshot } from '../model';
import { ComposerBar } from './ComposerBar';
import type { Mode } from './ModeSwitch';
import { Help } from './Help';
import { IconButton } from './IconButton';
import { useCellDrop } from './useCellDrop';
import { readPicture, PICTURES } from './pictures';
import { useServices } from './services';
import { shown } from './shown';
import { Suggestions } from './Suggestions';
import { type } from './typing';
import { useSuggestions } from './useSuggestions';

interface IComposerProps {
  readonly panel: IPanelSnapshot;
  readonly running: readonly string[];
  readonly onAsked: () => void;
}

const TALLEST = 220;

/** Where a question is written. */
export function Composer({ panel, running, onAsked }: IComposerProps): React.ReactElement {
  const { model, slash, trans, preferences, announce, leave, takesFocus } = useServices();
  const { draft, document: subject } = panel;
  const area = React.useRef<HTMLTextAreaElement>(null);
  const [text, setText] = React.useState(draft.text);
  const [problem, setProblem] = React.useState('');
  const [mode, setMode] = React.useState<Mode>('ask');
  const toAgent = mode === 'agent' && panel.hasAgent;
  const hints = useSuggestions(area, text);
  const hintId = React.useId();

  const change = (next: string, images: readonly IImage[] = draft.images) => {
    setText(next);
    model.setDraft(next, images);
  };
  React.useLayoutEffect(() => {
    if (takesFocus()) {
      area.current?.focus();
    }
  }, []);
  React.useEffect(() => {
    // Something else has changed the draft: another conversation, an edit, a question that came back.
    setText(draft.text);
    setProblem('');
  }, [draft.revision]);
  React.useEffect(() => {
    if (panel.editing || panel.branching) {
      area.current?.focus();
    }
  }, [panel.editing, panel.branching]);
  React.useLayoutEffect(() => {
    const node = area.current;
    if (node) {
      node.style.height = 'auto';
      node.style.height = `${Math.min(TALLEST, node.scrollHeight + 2)}px`;
    }
  }, [text]);

  const insert = (piece: string) => {
    const node = area.current;
    if (!node) {
      return;
    }
    node.focus();
    const before = node.value.slice(0, node.selectionStart);
    const spaced = before && !/\s$/.test(before) ? ` ${piece}` : piece;
    type(node, node.selectionStart, node.selectionEnd, spaced);
  };
  const box = useCellDrop(
    mentions => insert(`${mentions.join(' ')} `),
    () => model.notebookView()?.cells?.map(cell => cell.id) ?? []
  );

  const blocked =
    subject.kind === 'none' ? trans.__('Open a notebook or a file to ask about it.') : '';
  const branch = panel.conversation?.turn(panel.branching ?? '')?.question.text.slice(0, 60) ?? '';
  const empty = !text.trim() && draft.images.length === 0;

  // Which conversation a question belongs to is known a moment after the panel was opened.
  const settling = !panel.selected && panel.conversations.state === 'loading';
  const [waiting, setWaiting] = React.useState(false);
  React.useEffect(() => {
    if (waiting && !settling) {
      setWaiting(false);
      send();
    }
  }, [waiting, settling]);
  const send = () => {
    if (blocked || empty) {
      return;
    }
    if (settling) {
      setWaiting(true);
      return;
    }
    hints.close();
    setProblem('');
    onAsked();
    if (toAgent && !slash.match(text)) {
      shown(model.give(text).then(() => announce(trans.__('The agent has begun.'))));
    } else {
      shown(model.ask(text, { images: draft.images }));
    }
  };

  const addPictures = async (files: readonly File[]) => {
    const images = [...draft.images];
    for (const file of files) {
      try {
        images.push(await readPicture(file, images, trans));
        setProblem('');
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    }
    model.setDraft(area.current?.value ?? text, images);
    announce(
      trans._n('%1 picture attached.', '%1 pictures attached.', images.length, images.length)
    );
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (hints.onKeyDown(event) || event.nativeEvent.isComposing) {
      return;
    }
    if (event.key === '.' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      setMode(mode === 'ask' ? 'agent' : 'ask');
    } else if (event.key === 'Enter') {
      const plain = !event.shiftKey && !event.altKey;
      const wanted = preferences.sendWith === 'enter' ? plain : event.shiftKey;
      if (wanted || event.ctrlKey || event.metaKey) {
        event.preventDefault();
        send();
      }
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (panel.help) {
        model.showHelp(false);
      } else if (running.length > 0) {
        shown(model.stopAll());
      } else if (panel.editing || panel.branching) {
        model.cancelEdit();
      } else {
        leave();
      }
    }
  };

  return (
    <div className="jp-LuminaChat-composer" ref={box}>
      {panel.help && <Help onClose={() => model.showHelp(false)} />}
      <Suggestions hints={hints} />
      {(panel.editing || panel.branching) && (
        <div className="jp-LuminaChat-editing" role="status">
          <span>
            {panel.editing
              ? trans.__('You edit an earlier question. The old answer is kept beside the new.')
              : trans.__('Your question follows “%1”.', branch)}
          </span>
          <button className="jp-LuminaChat-link" onClick={() => model.cancelEdit()}>
            {trans.__('Cancel')}
          </button>
        </div>
      )}
      {problem && (
        <p className="jp-LuminaChat-composerProblem" role="alert">
          {problem}
        </p>
      )}
      {draft.images.length > 0 && (
        <ul className="jp-LuminaChat-thumbnails" aria-label={trans.__('Attached pictures')}>
          {draft.images.map((image, index) => (
            <li key={index}>
              <img
                src={`data:${image.media_type};base64,${image.data}`}
                alt={trans.__('Attached picture %1', index + 1)}
              />
              <IconButton
                icon={closeIcon}
                label={trans.__('Remove picture %1', index + 1)}
                onClick={() =>
                  model.setDraft(
                    text,
                    draft.images.filter((_, other) => other !== index)
                  )
                }
              />
            </li>
          ))}
        </ul>
      )}
      <textarea
        ref={area}
        className="jp-LuminaChat-input"
        value={text}
        rows={2}
        readOnly={Boolean(blocked)}
        aria-disabled={Boolean(blocked)}
        placeholder={
          blocked ||
          (toAgent
            ? trans.__('What shall the agent do in %1?', subject.name)
            : trans.__('Ask about %1 (@ to mention, / for commands)', subject.name))
        }
        aria-label={toAgent ? trans.__('Task for the agent') : trans.__('Question to Lumina')}
        aria-describedby={hintId}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={hints.open ? hints.id : undefined}
        aria-activedescendant={hints.open ? hints.activeId : undefined}
        onChange={event => {
          change(event.target.value);
          model.typing();
        }}
        onSelect={hints.refresh}
        onBlur={hints.close}
        onKeyDown={onKeyDown}
        onPaste={event => {
          const files = [...event.clipboardData.files].filter(file => PICTURES.has(file.type));
          if (files.length) {
            event.preventDefault();
            void addPictures(files);
          }
        }}
        onDragOver={event => {
          if (event.dataTransfer.types.includes('Files')) {
            event.preventDefault();
          }
        }}
        onDrop={event => {
          const files = [...event.dataTransfer.files];
          if (files.length) {
            event.preventDefault();
            void addPictures(files);
          }
        }}
      />
      <span id={hintId} className="jp-LuminaChat-hidden">
        {preferences.sendWith === 'enter'
          ? trans.__('Enter sends, Shift and Enter begin a new line.')
          : trans.__('Shift and Enter send, Enter begins a new line.')}
      </span>
      <ComposerBar
        panel={panel}
        mode={mode}
        onMode={panel.hasAgent ? setMode : null}
        canSend={!blocked && !empty}
        running={running.length > 0}
        onSend={send}
        onStop={() => shown(model.stopAll())}
        onHelp={() => model.showHelp(!panel.help)}
        helpOpen={panel.help}
        onMention={() => insert('@')}
        onPictures={files => void addPictures(files)}
      />
    </div>
  );
}
