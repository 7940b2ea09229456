import * as React from 'react';
import { Button, Failure } from '../components';
import { GearSwitch } from './gearSwitch';
import { useParts } from './parts';
import type { GearName } from './wire';

/** Where the agent is given something to do. */
export function StartForm(): React.ReactElement {
  const { model, trans } = useParts();
  const [words, setWords] = React.useState('');
  const [gear, setGear] = React.useState<GearName>('auto');
  const [planOnly, setPlanOnly] = React.useState(false);
  const { problem } = model;
  const reverse = gear === 'reverse';
  const can = Boolean(model.path) && (reverse || Boolean(words.trim())) && !model.isBusy('start');
  const start = async () => {
    if (can && (await model.start({ words, gear, plan_only: planOnly && !reverse }))) {
      setWords('');
      setGear(gear === 'reverse' ? 'auto' : gear);
    }
  };
  return (
    <form
      className="jp-LuminaActivity-start"
      aria-label={trans.__('Give the agent a task')}
      onSubmit={event => {
        event.preventDefault();
        void start();
      }}
    >
      <textarea
        className="jp-LuminaActivity-words"
        rows={2}
        value={words}
        aria-label={trans.__('Task for the agent')}
        placeholder={trans.__('What shall the agent do in %1?', model.name)}
        disabled={!model.path || reverse}
        onChange={event => setWords(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void start();
          }
        }}
      />
      <GearSwitch
        gears={model.gears}
        value={gear}
        onChoose={setGear}
        reverse={trans.__('undo the last run in this notebook')}
        trans={trans}
      />
      <div className="jp-LuminaActivity-controls">
        <label className="jp-LuminaActivity-planOnly">
          <input
            type="checkbox"
            checked={planOnly}
            disabled={reverse}
            onChange={event => setPlanOnly(event.target.checked)}
          />
          {trans.__('Plan only')}
        </label>
        <Button accept type="submit" disabled={!can}>
          {reverse ? trans.__('Undo last run') : planOnly ? trans.__('Plan') : trans.__('Start')}
        </Button>
      </div>
      {problem?.run === '' && <Failure error={problem.error} trans={trans} />}
    </form>
  );
}
