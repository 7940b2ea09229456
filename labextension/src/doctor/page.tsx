import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { LuminaClient } from '../api';
import { Button, Failure } from '../components';
import { View } from '../view';
import { DoctorModel, type Finding } from './model';
import { report, worstFirst } from './report';

/** The doctor's page, as content of the main area; it examines as soon as it is opened. */
export class DoctorPage extends View<DoctorModel> {
  constructor(
    client: LuminaClient,
    private readonly lab: string,
    private readonly trans: TranslationBundle
  ) {
    super(new DoctorModel(client));
    // Asking providers elsewhere costs tokens: that is for a person to want.
    void this.shown.examine(true);
  }

  protected override render(): React.ReactElement {
    return <Page model={this.shown} lab={this.lab} trans={this.trans} />;
  }
}

function Page(props: {
  model: DoctorModel;
  lab: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { lab, model, trans } = props;
  const [copied, setCopied] = React.useState(false);
  const examine = (offline: boolean) => {
    setCopied(false);
    void model.examine(offline);
  };
  const copy = () => {
    const about = { lab, browser: navigator.userAgent, finished: model.finished };
    Clipboard.copyToSystem(report(model.findings, about));
    setCopied(true);
  };
  return (
    <div className="jp-LuminaPage">
      <div className="jp-LuminaPage-head">
        <h1>{trans.__('Lumina Doctor')}</h1>
        {model.running ? (
          <Button onClick={() => model.stop()}>{trans.__('Stop')}</Button>
        ) : (
          <>
            <Button onClick={() => examine(true)}>{trans.__('Examine Again')}</Button>
            <Button
              title={trans.__('Asks each provider for a short answer, which costs a few tokens')}
              onClick={() => examine(false)}
            >
              {trans.__('Examine with Providers')}
            </Button>
          </>
        )}
        <Button accept disabled={model.findings.length === 0} onClick={copy}>
          {copied ? trans.__('Copied') : trans.__('Copy Report')}
        </Button>
      </div>
      <p role="status" aria-live="polite">
        {verdict(model, trans)}
      </p>
      <p className="jp-LuminaPage-soft">
        {trans.__('The report holds no keys and no passwords, so it can be shared.')}
      </p>
      {model.error && <Failure error={model.error} trans={trans} retry={() => examine(true)} />}
      <ul className="jp-LuminaDoctor-list" aria-label={trans.__('Findings')}>
        {worstFirst(model.findings).map((finding, index) => (
          <Line key={`${finding.check} ${index}`} finding={finding} trans={trans} />
        ))}
      </ul>
    </div>
  );
}

function Line(props: { finding: Finding; trans: TranslationBundle }): React.ReactElement {
  const { finding, trans } = props;
  const words = {
    ok: trans.__('Fine'),
    warning: trans.__('Warning'),
    problem: trans.__('Problem')
  };
  return (
    <li data-status={finding.status}>
      <span className="jp-LuminaDoctor-status">{words[finding.status]}</span>
      <span className="jp-LuminaDoctor-check">{finding.check}</span>
      <span className="jp-LuminaDoctor-text">
        {finding.text}
        {finding.fix && (
          <span className="jp-LuminaDoctor-fix">
            {trans.__('Next step:')}{' '}
            {isCommand(finding.fix) ? <code>{finding.fix}</code> : finding.fix}
          </span>
        )}
      </span>
    </li>
  );
}

/** Whether a next step is to be typed in a terminal, and not a sentence. */
function isCommand(fix: string): boolean {
  return /^[^A-Z].*[^.]$/.test(fix);
}

function verdict(model: DoctorModel, trans: TranslationBundle): string {
  if (model.running) {
    return trans.__('Examining…');
  }
  if (!model.finished) {
    return model.error ? '' : trans.__('Stopped before the end.');
  }
  const count = (status: Finding['status']) =>
    model.findings.filter(finding => finding.status === status).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (!problems && !warnings) {
    return trans.__('All is well.');
  }
  return [
    problems ? trans._n('%1 problem', '%1 problems', problems) : '',
    warnings ? trans._n('%1 warning', '%1 warnings', warnings) : ''
  ]
    .filter(Boolean)
    .join(', ');
}
