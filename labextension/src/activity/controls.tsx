import { refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../components';
import { GearSwitch, GridSelect } from './gearSwitch';
import { useParts } from './parts';
import type { IRunPicture } from './picture';
import type { GearName, Grid, IRun, RunState } from './wire';
import { wishOf } from './words';

interface IControls {
  readonly run: IRun;
  /** Whether it does nothing before its plan is decided: then there is nothing to hold. */
  readonly planWaits: boolean;
  readonly picture: IRunPicture;
  readonly state: RunState;
}

/** What a person can do with a run that is not over: hold it, stop it, shift it. */
export function Controls({ picture, planWaits, run, state }: IControls): React.ReactElement {
  const { model, trans } = useParts();
  const { id } = run;
  const [grid, setGrid] = React.useState<Grid>('step');
  const held = state === 'paused' || state === 'interrupted';
  /** The gear that was asked for, and is not in yet. */
  const [wished, setWished] = React.useState<{ gear: GearName; grid: Grid } | null>(null);
  const gear = String(picture.gear || run.gear) as GearName;
  const shift = async (name: GearName) => {
    if (name === 'reverse') {
      void model.undo(id, 'undo');
      return;
    }
    // The gear that is in takes back the wish for another one.
    const news = name !== gear || wished;
    if (news && (await model.shift(id, Number(name), grid))) {
      setWished(name === gear ? null : { gear: name, grid });
    }
  };
  return (
    <>
      <div className="jp-LuminaActivity-controls">
        {held ? (
          <Button
            accept
            disabled={model.isBusy('resume', id)}
            onClick={() => void model.steer(id, 'resume')}
          >
            {trans.__('Resume')}
          </Button>
        ) : planWaits ? null : (
          <Button
            disabled={model.isBusy('pause', id)}
            title={trans.__('Hold it before its next step')}
            onClick={() => void model.steer(id, 'pause')}
          >
            {trans.__('Pause')}
          </Button>
        )}
        <button
          type="button"
          className="jp-LuminaActivity-stop"
          disabled={model.isBusy('stop', id)}
          title={trans.__('End this run. What it has done stays, and can be undone.')}
          onClick={() => void model.steer(id, 'stop')}
        >
          <stopIcon.react tag="span" />
          {trans.__('Stop agent')}
        </button>
        <button
          type="button"
          className="jp-LuminaActivity-interrupt"
          title={trans.__(
            'Interrupt whatever the notebook’s kernel is running, also your own cells. The agent goes on.'
          )}
          onClick={() => void model.interruptKernel()}
        >
          <refreshIcon.react tag="span" />
          {trans.__('Interrupt kernel')}
        </button>
      </div>
      <GearSwitch
        gears={model.gears}
        value={gear}
        onChoose={name => void shift(name)}
        reverse={trans.__('undo this run')}
        without={picture.steps.size ? ['auto'] : ['auto', 'reverse']}
        disabled={model.isBusy('shift', id)}
        trans={trans}
      >
        <GridSelect value={grid} onChoose={setGrid} trans={trans} />
      </GearSwitch>
      <p role="status" className="jp-LuminaPage-soft">
        {wished && wished.gear !== gear ? wishOf(wished.gear, wished.grid, trans) : ''}
      </p>
    </>
  );
}
