import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ApiError } from './api';
import { hintOf, sentenceOf } from './failure';

/** A text with what stands between backticks shown as code. */
export function Hint(props: { text: string }): React.ReactElement {
  return (
    <>
      {props.text
        .split('`')
        .map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}
    </>
  );
}

/** An error: what happened, and what to do next. */
export function Failure(props: {
  error: ApiError;
  trans: TranslationBundle;
  retry?: () => void;
}): React.ReactElement {
  const { error, retry, trans } = props;
  return (
    <div className="jp-LuminaPage-failure" role="alert">
      <p>{sentenceOf(error, trans)}</p>
      <p className="jp-LuminaPage-soft">
        <Hint text={hintOf(error, trans)} />
      </p>
      {retry && <Button onClick={retry}>{trans.__('Try Again')}</Button>}
    </div>
  );
}

/** A button as JupyterLab's forms have them. */
export function Button(
  props: React.ButtonHTMLAttributes<HTMLButtonElement> & { accept?: boolean }
): React.ReactElement {
  const { accept = false, ...others } = props;
  return (
    <button
      type="button"
      className={`jp-mod-styled jp-mod-minimal jp-LuminaPage-button${accept ? ' jp-mod-accept' : ''}`}
      {...others}
    />
  );
}
