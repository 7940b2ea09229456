import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IConnection, IPanelSnapshot } from '../model';
import { Hint } from './Hint';
import { IconButton } from './IconButton';
import { useServices } from './services';

interface IBannerProps {
  readonly panel: IPanelSnapshot;
  readonly connection: IConnection | null;
}

/** What stands in the way now, and what to do about it. */
export function Banner({ panel, connection }: IBannerProps): React.ReactElement | null {
  const { model, trans } = useServices();
  const { problem } = panel;
  const unlisted = panel.conversations.state === 'failed' ? panel.conversations.error : null;
  const offline = connection?.state === 'offline';
  return (
    <div className="jp-LuminaChat-banners" role="status">
      {offline && (
        <div className="jp-LuminaChat-banner" data-tone="warn">
          <p>
            {connection.reason || trans.__('The server cannot be reached.')}{' '}
            {trans.__('What you write is kept, and sent when the server is back.')}
          </p>
          {connection.hint && <Hint text={connection.hint} />}
          <button className="jp-LuminaChat-button" onClick={() => model.reconnect()}>
            {trans.__('Try now')}
          </button>
        </div>
      )}
      {connection?.state === 'gone' && (
        <div className="jp-LuminaChat-banner" data-tone="warn">
          <p>
            {connection.reason || trans.__('This conversation was deleted, or is private now.')}
          </p>
        </div>
      )}
      {!offline && unlisted && (
        <div className="jp-LuminaChat-banner" data-tone="error">
          <p>{unlisted.message}</p>
          {unlisted.hint && <Hint text={unlisted.hint} />}
          <button className="jp-LuminaChat-button" onClick={() => model.reconnect()}>
            {trans.__('Try now')}
          </button>
        </div>
      )}
      {problem && (
        <div className="jp-LuminaChat-banner" data-tone="error">
          <IconButton
            icon={closeIcon}
            label={trans.__('Dismiss')}
            className="jp-LuminaChat-dismiss"
            onClick={() => model.dismissProblem()}
          />
          <p>{problem.message}</p>
          {problem.hint && <Hint text={problem.hint} />}
        </div>
      )}
    </div>
  );
}
