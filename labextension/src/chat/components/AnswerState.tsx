import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ITurn } from '../model';
import { duration } from './format';
import { Hint } from './Hint';
import { useServices } from './services';
import { shown } from './shown';

interface IStateWords {
  readonly tone: 'error' | 'quiet';
  readonly text: string;
  readonly hint: string;
  readonly retry: boolean;
}

/** Errors that are mended in the settings. */
const NEEDS_SETTINGS = new Set([
  'authentication_failed',
  'permission_refused',
  'model_not_found',
  'no_model',
  'quota_exhausted'
]);

/** Why an answer is not there, or not whole, and what to do next; nothing when all is well. */
export function AnswerState(props: { turn: ITurn }): React.ReactElement | null {
  const { trans, model, openSettings } = useServices();
  const { turn } = props;
  const words = stateWords(turn, trans);
  if (!words) {
    return null;
  }
  return (
    <div className="jp-LuminaChat-state" data-tone={words.tone}>
      <p>{words.text}</p>
      {words.hint && <Hint text={words.hint} />}
      {turn.state.kind === 'waiting' && (
        <p className="jp-LuminaChat-stateButtons">
          <button className="jp-LuminaChat-button" onClick={() => model.reconnect()}>
            {trans.__('Try now')}
          </button>
          <button className="jp-LuminaChat-button" onClick={() => model.withdraw(turn.id)}>
            {trans.__('Take it back')}
          </button>
        </p>
      )}
      {words.retry && (
        <p className="jp-LuminaChat-stateButtons">
          <button className="jp-LuminaChat-button" onClick={() => shown(model.retry(turn.id))}>
            {trans.__('Try again')}
          </button>
          {openSettings &&
            turn.state.kind === 'failed' &&
            NEEDS_SETTINGS.has(turn.state.failure.code) && (
              <button className="jp-LuminaChat-button" onClick={openSettings}>
                {trans.__('Open settings')}
              </button>
            )}
        </p>
      )}
    </div>
  );
}

function stateWords(turn: ITurn, trans: TranslationBundle): IStateWords | null {
  const { state } = turn;
  const partly = turn.blocks.length > 0;
  switch (state.kind) {
    case 'sending':
      return { tone: 'quiet', text: trans.__('Sending…'), hint: '', retry: false };
    case 'waiting':
      return {
        tone: 'quiet',
        text: trans.__('Not sent yet. It is kept here and goes out when the server is back.'),
        hint: state.reason,
        retry: false
      };
    case 'interrupted':
      return {
        tone: 'error',
        text: partly
          ? trans.__('The server stopped during this answer. What had come is above.')
          : trans.__('The server stopped before an answer came.'),
        hint: '',
        retry: true
      };
    case 'failed': {
      const { message, hint, retryAfter } = state.failure;
      const wait = retryAfter
        ? trans.__('Wait %1, then try again.', duration(retryAfter, trans))
        : '';
      return {
        tone: 'error',
        text: message,
        hint: [hint, wait].filter(Boolean).join(' '),
        retry: true
      };
    }
    case 'finished':
      return finishedWords(state.reason, partly, trans);
    case 'running':
      return null;
  }
}

function finishedWords(
  reason: string,
  partly: boolean,
  trans: TranslationBundle
): IStateWords | null {
  switch (reason) {
    case 'cancelled':
      return { tone: 'quiet', text: trans.__('Stopped.'), hint: '', retry: false };
    case 'length':
      return {
        tone: 'quiet',
        text: trans.__('The answer ended at the length limit.'),
        hint: trans.__('Ask it to go on.'),
        retry: false
      };
    case 'content_filter':
      return {
        tone: 'error',
        text: trans.__('The provider’s content filter ended the answer.'),
        hint: trans.__('Ask in other words, or choose another model.'),
        retry: false
      };
    default:
      return partly
        ? null
        : {
            tone: 'quiet',
            text: trans.__('The model answered with nothing.'),
            hint: '',
            retry: true
          };
  }
}
