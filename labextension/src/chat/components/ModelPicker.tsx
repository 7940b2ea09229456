import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IModelChoice, IPanelSnapshot } from '../model';
import { modelName } from './format';
import { useServices } from './services';
import { shown } from './shown';

/** Chooses the model that answers next. */
export function ModelPicker({ panel }: { panel: IPanelSnapshot }): React.ReactElement {
  const { model, trans } = useServices();
  const standard = panel.firstUse.value?.defaultModel ?? '';
  const groups = byProvider(panel.models.value);
  const known = !panel.model || panel.models.value.some(choice => choice.id === panel.model);
  return (
    <div className="jp-LuminaChat-modelPicker">
      <HTMLSelect
        value={panel.model}
        aria-label={trans.__('Model that answers')}
        title={trans.__('Model that answers: %1', panel.model || standard || trans.__('none yet'))}
        onChange={event => model.chooseModel(event.target.value)}
        onFocus={() => {
          if (panel.models.state === 'failed') {
            shown(model.refreshModels());
          }
        }}
      >
        <option value="">
          {standard ? trans.__('%1 (default)', modelName(standard)) : trans.__('Default model')}
        </option>
        {!known && (
          <option value={panel.model}>
            {trans.__('%1 (not found now)', modelName(panel.model))}
          </option>
        )}
        {groups.map(([provider, choices]) => (
          <optgroup key={provider} label={provider}>
            {choices.map(choice => (
              <option key={choice.id} value={choice.id}>
                {choice.name}
              </option>
            ))}
          </optgroup>
        ))}
      </HTMLSelect>
    </div>
  );
}

function byProvider(
  choices: readonly IModelChoice[]
): readonly (readonly [string, readonly IModelChoice[]])[] {
  const groups = new Map<string, IModelChoice[]>();
  for (const choice of choices) {
    groups.set(choice.provider, [...(groups.get(choice.provider) ?? []), choice]);
  }
  return [...groups];
}
