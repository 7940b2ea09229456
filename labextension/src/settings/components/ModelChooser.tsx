import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IParts } from './context';

/** A list of all models that can answer, by provider. */
export function ModelChooser(
  props: IParts & {
    id: string;
    disabled: boolean;
    name: 'default_model' | 'ghost_text_model';
    /** What no model at all stands for. */
    empty: string;
  }
): React.ReactElement {
  const { disabled, empty, id, model, name } = props;
  const value = model.preferences!.effective[name];
  const usable = model.models.filter(each => each.mode !== 'embedding').map(each => each.id);
  const ids = !value || usable.includes(value) ? usable : [value, ...usable];
  const providers = [...new Set(ids.map(providerOf))];
  return (
    <HTMLSelect
      id={id}
      aria-describedby={`${id}-what`}
      disabled={disabled}
      value={value}
      onChange={event => void model.choose({ [name]: event.target.value })}
    >
      <option value="">{empty}</option>
      {providers.map(provider => (
        <optgroup key={provider} label={provider}>
          {ids
            .filter(each => providerOf(each) === provider)
            .map(each => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
        </optgroup>
      ))}
    </HTMLSelect>
  );
}

function providerOf(model: string): string {
  return model.slice(0, model.indexOf('/'));
}
