import type { TranslationBundle } from '@jupyterlab/translation';
import { ApiError } from '../../api';
import type { IModelChoice, IPanelModel } from '../model';
import type { ISlashCommand } from './tokens';

/** The commands that the panel runs itself. */
export function panelCommands(panel: IPanelModel, trans: TranslationBundle): ISlashCommand[] {
  return [
    {
      name: 'model',
      title: trans.__('Choose the model'),
      description: trans.__('Which model answers from now on in this conversation.'),
      argumentHint: trans.__('name'),
      choices: () =>
        panel
          .getSnapshot()
          .models.value.map(({ id, provider }) => ({ value: id, detail: provider })),
      run: argument => panel.chooseModel(modelNamed(argument, panel, trans))
    },
    {
      name: 'agent',
      title: trans.__('Have the agent do it'),
      description: trans.__('The agent does it in the notebook, step by step; @name says who.'),
      argumentHint: trans.__('what to do'),
      run: argument => panel.give(argument, `/agent ${argument}`)
    },
    {
      name: 'clear',
      title: trans.__('Begin anew'),
      description: trans.__('Begin a fresh conversation; this one stays readable.'),
      argumentHint: '',
      run: async () => void (await panel.create())
    },
    {
      name: 'help',
      title: trans.__('Help'),
      description: trans.__('What can be written after @ and /.'),
      argumentHint: '',
      run: () => panel.showHelp(true)
    }
  ];
}

/** The id of the model that a few letters mean. */
function modelNamed(argument: string, panel: IPanelModel, trans: TranslationBundle): string {
  const wanted = argument.trim().toLowerCase();
  const models = panel.getSnapshot().models.value;
  const exact = models.filter(({ id, name }) => [id, name].some(is => is.toLowerCase() === wanted));
  const found = exact.length ? exact : models.filter(({ id }) => id.toLowerCase().includes(wanted));
  if (wanted && found.length === 1) {
    return found[0]!.id;
  }
  const message = !wanted
    ? trans.__('Which model? Write its name behind /model.')
    : found.length
      ? trans.__('“%1” may be any of several models.', argument.trim())
      : trans.__('There is no model “%1” here.', argument.trim());
  throw new ApiError(message, choices(found.length ? found : models, trans), 0, 'invalid_request');
}

function choices(models: readonly IModelChoice[], trans: TranslationBundle): string {
  return models.length
    ? trans.__(
        'There are: %1.',
        models
          .slice(0, 5)
          .map(({ id }) => id)
          .join(', ')
      )
    : trans.__('No model was found; see the settings.');
}
