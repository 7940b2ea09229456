import * as React from 'react';
import { useServices } from './services';

/** Who gets what is written: the model answers, or the agent does it. */
export type Mode = 'ask' | 'agent';

/** Chooses between a question and a task. */
export function ModeSwitch(props: {
  mode: Mode;
  onMode: (mode: Mode) => void;
}): React.ReactElement {
  const { mode, onMode } = props;
  const { trans } = useServices();
  const modes: readonly { mode: Mode; label: string; title: string }[] = [
    { mode: 'ask', label: trans.__('Ask'), title: trans.__('The model answers (Ctrl+. changes)') },
    {
      mode: 'agent',
      label: trans.__('Agent'),
      title: trans.__('The agent does it, step by step (Ctrl+. changes)')
    }
  ];
  return (
    <div className="jp-LuminaChat-modes" role="group" aria-label={trans.__('Ask, or have it done')}>
      {modes.map(each => (
        <button
          key={each.mode}
          type="button"
          aria-pressed={each.mode === mode}
          title={each.title}
          onClick={() => onMode(each.mode)}
        >
          {each.label}
        </button>
      ))}
    </div>
  );
}
