import * as React from 'react';
import type { IToolBlock } from '../model';
import { toolIcon } from '../icons';
import { Fold } from './Fold';
import { duration } from './format';
import { useServices } from './services';

interface IToolCardProps {
  readonly block: IToolBlock;
  /** Whether the answer is over, whatever the card says. */
  readonly final: boolean;
  /** What a person can decide about this call, when there is something to decide. */
  readonly actions?: React.ReactNode;
}

/** How much of a result is shown; the rest is told in a number. */
const SHOWN = 20_000;

/** One call of a tool: what was asked of it, what came back, and how long it took. */
export function ToolCard({ block, final, actions }: IToolCardProps): React.ReactElement {
  const { trans } = useServices();
  const unfinished = block.state === 'calling' || block.state === 'running';
  const state = final && unfinished ? 'unanswered' : block.state;
  const words = {
    calling: trans.__('being called…'),
    running: trans.__('running…'),
    done: trans.__('done'),
    failed: trans.__('failed'),
    unanswered: trans.__('no result')
  }[state];
  return (
    <div className="jp-LuminaChat-tool" data-state={state}>
      <Fold
        summary={
          <>
            <toolIcon.react tag="span" className="jp-LuminaChat-icon" />
            <span className="jp-LuminaChat-toolName">{block.name}</span>
            <span className="jp-LuminaChat-toolState">
              {block.seconds === null ? words : `${words}, ${duration(block.seconds, trans)}`}
            </span>
          </>
        }
      >
        {() => (
          <dl>
            <dt>{trans.__('Arguments')}</dt>
            <dd>
              <pre tabIndex={0}>{pretty(block.arguments.toString()) || trans.__('none')}</pre>
            </dd>
            {block.result !== null && (
              <>
                <dt>{block.state === 'failed' ? trans.__('Error') : trans.__('Result')}</dt>
                <dd>
                  <pre tabIndex={0}>{block.result.slice(0, SHOWN) || trans.__('nothing')}</pre>
                  {block.result.length > SHOWN && (
                    <p>
                      {trans.__('%1 more characters are not shown.', block.result.length - SHOWN)}
                    </p>
                  )}
                </dd>
              </>
            )}
          </dl>
        )}
      </Fold>
      {actions && <div className="jp-LuminaChat-toolActions">{actions}</div>}
    </div>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
