import { Token } from '@lumino/coreutils';
import type { ActivityModel } from './model';

/** What is shown when the panel opens. */
export interface IShown {
  /** A run to be unfolded. */
  readonly run?: string;
  /** Go to what waits for a person. */
  readonly waiting?: boolean;
}

/** The agent's runs, for whatever starts or shows one. */
export interface IActivity {
  /** What is known of runs; loaded when somebody asks for the first time. */
  model(): Promise<ActivityModel>;
  /** Open the activity panel. */
  show(shown?: IShown): Promise<void>;
}

export const IActivity = new Token<IActivity>(
  'lumina-jupyter:IActivity',
  'The agent’s runs: starts them, and shows them in the activity panel.'
);
