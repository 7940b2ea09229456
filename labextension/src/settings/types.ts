import type { ApiError, components } from '../api';

type Schemas = components['schemas'];

export type Provider = Schemas['ProviderStatus'];
export type Model = Schemas['ModelInfo'];
export type EmbeddedModel = Schemas['EmbeddedModel'];
export type Preferences = Schemas['Preferences-Input'];
export type PreferencesView = Schemas['PreferencesView'];
export type PreferenceName = keyof Preferences;
export type ProbeProgress = Schemas['ProbeProgress'];
export type PullProgress = Schemas['PullProgress'];
export type VariablePolicy = Schemas['PreferenceValues']['variable_policy'];

/** Something that was tried: under way, or over with an error or without. */
export interface ITrial<T> {
  /** The steps by now; one for each name of a step. */
  readonly steps: readonly T[];
  readonly running: boolean;
  readonly error: ApiError | null;
}

/** What the last change of a provider's key came to. */
export type KeyNote = { readonly kind: 'kept' | 'forgotten' } | { readonly error: ApiError };
