import * as React from 'react';
import type { ITurn } from '../model';
import { count, dollars, duration, modelName } from './format';
import { useServices } from './services';

/** Which model answered, and what it took. */
export function AnswerFooter(props: { turn: ITurn }): React.ReactElement | null {
  const { trans } = useServices();
  const { model, usage, cost, startedAt, endedAt, askedAt } = props.turn;
  if (!model || endedAt === null) {
    return null;
  }
  const parts: { text: string; title: string }[] = [{ text: modelName(model), title: model }];
  if (usage) {
    parts.push({
      text: trans.__('%1 tokens', count(usage.inputTokens + usage.outputTokens)),
      title: trans.__(
        '%1 tokens in (%2 from the cache), %3 tokens out (%4 of them reasoning)',
        count(usage.inputTokens),
        count(usage.cachedInputTokens),
        count(usage.outputTokens),
        count(usage.reasoningTokens)
      )
    });
  }
  if (cost) {
    parts.push(
      cost.usd === null
        ? {
            text: trans.__('price unknown'),
            title: trans.__('The price of this model is not known.')
          }
        : {
            text: cost.usd === 0 ? trans.__('free') : dollars(cost.usd),
            title: trans.__('What this answer cost')
          }
    );
  }
  const first = startedAt === null ? null : Math.max(0, startedAt - askedAt);
  parts.push({
    text: duration(Math.max(0, endedAt - askedAt), trans),
    title:
      first === null
        ? trans.__('From the question to the end')
        : trans.__('From the question to the end; it began after %1', duration(first, trans))
  });
  return (
    <div className="jp-LuminaChat-footer" role="group" aria-label={trans.__('About this answer')}>
      {parts.map((part, index) => (
        <React.Fragment key={index}>
          {index > 0 && <span aria-hidden> · </span>}
          <span title={part.title}>{part.text}</span>
        </React.Fragment>
      ))}
    </div>
  );
}
