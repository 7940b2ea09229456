import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';
import { luminaIcon } from '../icon';
import type { RunningAction } from './action';
import type { State } from './state';

/** What the buttons do. */
export interface IHeadActions {
  run(instruction: string): void;
  stop(): void;
  again(): void;
  acceptAll(): void;
  refuseAll(): void;
  close(): void;
  /** Called when another state is on the page. */
  shown(): void;
  /** The keys of a command, for a button's title; empty when it has none. */
  keys(command: string): string;
}

/** The upper part of an action in a cell: what it is, how it goes, and what can be done now. */
export class Head extends VDomRenderer<RunningAction> {
  constructor(
    model: RunningAction,
    private readonly actions: IHeadActions
  ) {
    super(model);
    this.addClass('jp-Lumina-actionHead');
  }

  protected override render(): React.ReactElement {
    const { state, action, context } = this.model as RunningAction;
    return (
      <HeadView
        state={state}
        title={action.label.replace(/…$/, '')}
        question={action.question}
        actions={this.actions}
        trans={context.trans}
      />
    );
  }

  // The model ends with its session, not with this view.
  override dispose(): void {
    this.model = null as unknown as RunningAction;
    super.dispose();
  }
}

interface IProps {
  state: State;
  title: string;
  question: string;
  actions: IHeadActions;
  trans: TranslationBundle;
}

function HeadView(props: IProps): React.ReactElement {
  const { state, title, question, actions, trans } = props;
  const stale = state.kind === 'review' && state.stale;
  React.useEffect(() => actions.shown(), [state.kind, stale]);
  return (
    <>
      <div className="jp-Lumina-actionLine">
        <luminaIcon.react tag="span" className="jp-Lumina-spark" />
        <span className="jp-Lumina-actionTitle">{title}</span>
        <span className="jp-Lumina-actionStatus" role="status">
          {statusOf(state, trans)}
        </span>
        <span className="jp-Lumina-actionButtons">{buttonsOf(props)}</span>
      </div>
      {state.kind === 'asking' && (
        <Instruction
          value={state.instruction}
          question={question}
          send={actions.run}
          cancel={actions.close}
          trans={trans}
        />
      )}
      {state.kind === 'running' && (
        <pre className="jp-Lumina-actionPreview" aria-hidden="true">
          {tail(state.text)}
        </pre>
      )}
      {state.kind === 'review' && state.notice && (
        <p className="jp-Lumina-actionNotice" role="alert">
          {state.notice}
        </p>
      )}
      {state.kind === 'review' && state.remark && (
        <p className="jp-Lumina-actionRemark">{state.remark}</p>
      )}
      {state.kind === 'message' && (
        <div
          className={`jp-Lumina-actionMessage jp-mod-${state.tone}`}
          role={state.tone === 'error' ? 'alert' : 'status'}
        >
          <p>{state.message}</p>
          {state.hint && <p className="jp-Lumina-actionHint">{state.hint}</p>}
        </div>
      )}
    </>
  );
}

function statusOf(state: State, trans: TranslationBundle): string {
  switch (state.kind) {
    case 'running':
      return state.model
        ? trans.__('%1 is writing…', state.model.slice(state.model.lastIndexOf('/') + 1))
        : trans.__('Waiting for the model…');
    case 'answer':
      return state.done ? '' : trans.__('Writing…');
    case 'review':
      return state.accepted
        ? trans.__('%1 accepted, %2 left', state.accepted, state.left)
        : trans._n('%1 change', '%1 changes', state.left);
    default:
      return '';
  }
}

function buttonsOf({ state, actions, trans }: IProps): React.ReactNode {
  const close = <Button label={trans.__('Close')} onClick={actions.close} />;
  switch (state.kind) {
    case 'running':
      return <Button label={trans.__('Stop')} focused onClick={actions.stop} />;
    case 'answer':
      return state.done ? (
        close
      ) : (
        <Button label={trans.__('Stop')} focused onClick={actions.stop} />
      );
    case 'review':
      return state.stale ? (
        <>
          <Button label={trans.__('Ask again')} primary focused onClick={actions.again} />
          {close}
        </>
      ) : (
        <>
          <Button
            label={trans.__('Accept all')}
            title={actions.keys('lumina:accept-all-changes')}
            primary
            onClick={actions.acceptAll}
          />
          <Button
            label={trans.__('Refuse all')}
            title={actions.keys('lumina:refuse-all-changes')}
            onClick={actions.refuseAll}
          />
        </>
      );
    case 'message':
      return (
        <>
          {state.tone === 'error' && (
            <Button label={trans.__('Try again')} focused onClick={actions.again} />
          )}
          <Button
            label={trans.__('Close')}
            focused={state.tone === 'plain'}
            onClick={actions.close}
          />
        </>
      );
    default:
      return null;
  }
}

function Button(props: {
  label: string;
  title?: string;
  primary?: boolean;
  /** Takes the focus when it comes in place of what had it. */
  focused?: boolean;
  onClick: () => void;
}): React.ReactElement {
  const tone = props.primary ? 'jp-mod-accept' : 'jp-mod-reject';
  return (
    <button
      type="button"
      className={`jp-mod-styled jp-Lumina-actionButton ${tone}`}
      title={props.title ? `${props.label} (${props.title})` : props.label}
      data-lm-suppress-shortcuts="true"
      data-lumina-focus={props.focused ? 'true' : undefined}
      onClick={props.onClick}
    >
      {props.label}
    </button>
  );
}

function Instruction(props: {
  value: string;
  question: string;
  send: (instruction: string) => void;
  cancel: () => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { question, trans } = props;
  const [text, setText] = React.useState(props.value);
  const send = () => {
    if (text.trim()) {
      props.send(text.trim());
    }
  };
  return (
    <form
      className="jp-Lumina-instruction"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        aria-label={question}
        placeholder={question}
        rows={Math.min(6, text.split('\n').length)}
        value={text}
        data-lumina-focus="true"
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
          }
        }}
      />
      <button
        type="submit"
        className="jp-mod-styled jp-mod-accept jp-Lumina-actionButton"
        disabled={!text.trim()}
        data-lm-suppress-shortcuts="true"
        title={trans.__('Send (Enter)')}
      >
        {trans.__('Send')}
      </button>
      <button
        type="button"
        className="jp-mod-styled jp-mod-reject jp-Lumina-actionButton"
        data-lm-suppress-shortcuts="true"
        title={trans.__('Cancel (Escape)')}
        onClick={props.cancel}
      >
        {trans.__('Cancel')}
      </button>
    </form>
  );
}

/** The last lines of what is being written, as many as there is room for, without the fences around code. */
function tail(text: string): string {
  const lines = text.split('\n').filter(line => !/^\s*(```|~~~)/.test(line));
  return lines.slice(-6).join('\n');
}
