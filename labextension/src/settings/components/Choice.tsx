import * as React from 'react';
import { Button } from '../../components';
import type { PreferenceName } from '../types';
import type { IParts } from './context';

/** A setting that a person may choose: its field, and whether it is chosen, as configured, or fixed. */
export function Choice(
  props: IParts & {
    name: PreferenceName;
    label: string;
    description: string;
    /** Whether the field stands before its label, as a check box does. */
    beside?: boolean;
    /** What the configuration says, in words. */
    configured: string;
    children: (id: string, disabled: boolean) => React.ReactElement;
  }
): React.ReactElement {
  const { beside = false, children, configured, description, label, model, name, trans } = props;
  const locked = model.isLocked(name);
  const chosen = (model.preferences!.chosen[name] ?? null) !== null;
  const id = `lumina-setting-${name}`;
  return (
    <div className="jp-LuminaSettings-choice">
      <div className="jp-LuminaSettings-label">
        {beside && children(id, locked)}
        <label htmlFor={id}>{label}</label>
      </div>
      <p id={`${id}-what`} className="jp-LuminaPage-soft">
        {description}
      </p>
      <div className="jp-LuminaSettings-field">
        {!beside && children(id, locked)}
        {locked ? (
          <span className="jp-LuminaPage-soft">
            {trans.__('Fixed by this server’s configuration.')}
          </span>
        ) : (
          chosen && (
            <Button
              aria-label={trans.__('Take back the choice of: %1', label)}
              onClick={() => void model.choose({ [name]: null })}
            >
              {trans.__('As Configured (%1)', configured)}
            </Button>
          )
        )}
      </div>
    </div>
  );
}
