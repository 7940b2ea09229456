import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { StatusModel } from './model';
import { fullSpend } from './spend';
import { summarise } from './summary';

/** What the popup can do, as commands of the application. */
export interface IActions {
  refresh(): Promise<void>;
  copy(): Promise<void>;
  openSettings(): Promise<void>;
  openDoctor(): Promise<void>;
}

/** The popup above the status item: the facts, and what can be done. */
export class StatusDetails extends VDomRenderer<StatusModel> {
  constructor(
    model: StatusModel,
    private readonly actions: IActions,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.addClass('jp-Lumina-details');
  }

  protected override render(): React.ReactElement {
    return <Details model={this.model as StatusModel} actions={this.actions} trans={this.trans} />;
  }

  // The model outlives the popup: it belongs to the status item.
  override dispose(): void {
    this.model = null as unknown as StatusModel;
    super.dispose();
  }
}

function Details(props: {
  model: StatusModel;
  actions: IActions;
  trans: TranslationBundle;
}): React.ReactElement {
  const { actions, trans } = props;
  const { spend, status } = props.model;
  const { tone, sentence, hint } = summarise(status, trans);
  const health = status.kind === 'known' ? status.health : null;
  const [asking, setAsking] = React.useState(false);
  const [copied, setCopied] = React.useState(false);
  const dialog = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => dialog.current?.focus(), []);

  const refresh = async () => {
    setAsking(true);
    await actions.refresh();
    setAsking(false);
  };
  const copy = async () => {
    await actions.copy();
    setCopied(true);
  };

  return (
    <div ref={dialog} tabIndex={-1} role="dialog" aria-label={trans.__('Lumina')}>
      <p className={`jp-Lumina-sentence jp-mod-${tone}`} role="status">
        {sentence}
      </p>
      {hint && <Hint text={hint} />}
      {health && (
        <dl>
          <Fact name={trans.__('Default model')} value={health.default_model || trans.__('none')} />
          {spend && <Fact name={trans.__('Today')} value={fullSpend(spend, trans)} />}
          <Fact name={trans.__('Version')} value={health.version} />
          <Fact name={trans.__('Data folder')} value={health.data_dir} />
        </dl>
      )}
      <div className="jp-Lumina-buttons">
        <button
          className="jp-mod-styled jp-mod-minimal"
          disabled={asking}
          onClick={() => void refresh()}
        >
          {asking ? trans.__('Asking…') : trans.__('Refresh')}
        </button>
        <button
          className="jp-mod-styled jp-mod-minimal"
          onClick={() => void actions.openSettings()}
        >
          {trans.__('Settings')}
        </button>
        <button className="jp-mod-styled jp-mod-minimal" onClick={() => void actions.openDoctor()}>
          {trans.__('Doctor')}
        </button>
        <button
          className="jp-mod-styled jp-mod-minimal"
          title={trans.__('Copy diagnostics for a bug report')}
          onClick={() => void copy()}
        >
          {copied ? trans.__('Copied') : trans.__('Copy')}
        </button>
      </div>
    </div>
  );
}

/** A hint, with what stands between backticks shown as code. */
function Hint(props: { text: string }): React.ReactElement {
  return (
    <p className="jp-Lumina-hint">
      {props.text
        .split('`')
        .map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}
    </p>
  );
}

function Fact(props: { name: string; value: string }): React.ReactElement {
  return (
    <>
      <dt>{props.name}</dt>
      <dd title={props.value}>{props.value}</dd>
    </>
  );
}
