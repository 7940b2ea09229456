import * as React from 'react';
import type { IReasoningBlock } from '../model';
import { MarkdownText } from '../rendering/MarkdownText';
import { Fold } from './Fold';
import { duration } from './format';
import { useServices } from './services';

/** What the model thought before it answered, folded. */
export function Reasoning(props: { block: IReasoningBlock; final: boolean }): React.ReactElement {
  const { trans } = useServices();
  const { block, final } = props;
  const over = final || block.seconds !== null;
  let summary = trans.__('Thinking…');
  if (over) {
    summary =
      block.seconds === null
        ? trans.__('Thought about it')
        : trans.__('Thought for %1', duration(block.seconds, trans));
  }
  return (
    <Fold className="jp-LuminaChat-reasoning" summary={<span data-busy={!over}>{summary}</span>}>
      {() => <MarkdownText text={block.text} final={over} />}
    </Fold>
  );
}
