import type { TranslationBundle } from '@jupyterlab/translation';
import type { IActivity } from '../../activity/tokens';
import type { LuminaClient } from '../../api';
import type { Personas } from '../personas';
import type { ISlashCommands } from '../slash/tokens';
import type { ICurrentDocument } from './documents';
import type { IKeep } from './keep';
import type { Schedule } from './notifier';

/** What a panel's model works with. */
export interface IPanelOptions {
  client: LuminaClient;
  documents: ICurrentDocument;
  slash: ISlashCommands;
  personas: Pick<Personas, 'addressed'>;
  /** The agent's runs; null where there is no agent. */
  activity: IActivity | null;
  trans: TranslationBundle;
  /** Where drafts, unsent questions and choices survive a reload; the browser's storage by default. */
  keep?: IKeep;
  schedule?: Schedule;
}
