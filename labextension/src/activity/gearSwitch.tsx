import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { GearName, Grid, IGear } from './wire';

const NAMES: readonly GearName[] = ['reverse', '1', '2', '3', '4', '5', 'auto'];

interface IGearSwitch {
  readonly gears: readonly IGear[];
  readonly value: GearName;
  readonly onChoose: (gear: GearName) => void;
  /** What reverse means here; without it there is no reverse. */
  readonly reverse?: string;
  /** Gears that cannot be chosen now. */
  readonly without?: readonly GearName[];
  readonly disabled?: boolean;
  readonly trans: TranslationBundle;
  /** What stands beside it. */
  readonly children?: React.ReactNode;
}

/** Chooses a gear: reverse, one of five forward ones, or by itself. */
export function GearSwitch(props: IGearSwitch): React.ReactElement {
  const {
    children,
    disabled = false,
    gears,
    onChoose,
    reverse,
    trans,
    value,
    without = []
  } = props;
  const titleOf = (name: GearName) =>
    name === 'reverse'
      ? (reverse ?? '')
      : name === 'auto'
        ? trans.__('By itself: fits the task, slower when checks fail, faster when steps go easily')
        : (gears.find(({ number }) => String(number) === name)?.title ?? '');
  const titleId = React.useId();
  return (
    <div className="jp-LuminaActivity-gears">
      <div className="jp-LuminaActivity-gearRow">
        <div role="group" aria-label={trans.__('Gear')} aria-describedby={titleId}>
          {NAMES.filter(name => name !== 'reverse' || reverse).map(name => (
            <button
              key={name}
              type="button"
              aria-pressed={name === value}
              aria-label={
                name === 'reverse'
                  ? trans.__('Reverse: %1', titleOf(name))
                  : name === 'auto'
                    ? trans.__('Gear chosen by itself')
                    : trans.__('Gear %1: %2', name, titleOf(name))
              }
              title={titleOf(name)}
              disabled={disabled || without.includes(name)}
              onClick={() => onChoose(name)}
            >
              {name === 'reverse' ? trans.__('R') : name === 'auto' ? trans.__('auto') : name}
            </button>
          ))}
        </div>
        {children}
      </div>
      <p id={titleId} className="jp-LuminaPage-soft">
        {titleOf(value)}
      </p>
    </div>
  );
}

/** Chooses when a shift takes effect. */
export function GridSelect(props: {
  value: Grid;
  onChoose: (grid: Grid) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { onChoose, trans, value } = props;
  return (
    <span className="jp-LuminaActivity-grid">
      <HTMLSelect
        value={value}
        aria-label={trans.__('When a shift takes effect')}
        title={trans.__('When a shift takes effect')}
        onChange={event => onChoose(event.target.value as Grid)}
      >
        <option value="step">{trans.__('at the next step')}</option>
        <option value="phase">{trans.__('at the next phase')}</option>
        <option value="task">{trans.__('at the next task')}</option>
      </HTMLSelect>
    </span>
  );
}
