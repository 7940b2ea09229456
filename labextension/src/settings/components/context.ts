import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { SettingsModel } from '../model';

/** What every part of the page works with. */
export interface IParts {
  readonly model: SettingsModel;
  readonly notebooks: INotebookTracker | null;
  readonly openDoctor: () => void;
  readonly trans: TranslationBundle;
}
