import type { TranslationBundle } from '@jupyterlab/translation';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';
import type { IApprovals } from '../approvals/tokens';
import type { ActivityModel } from './model';

/** What the panel's parts work with. */
export interface IParts {
  readonly model: ActivityModel;
  readonly approvals: IApprovals;
  readonly editors: IEditorServices;
  readonly rendermime: IRenderMimeRegistry;
  readonly trans: TranslationBundle;
}

const Parts = React.createContext<IParts | null>(null);

export const PartsProvider = Parts.Provider;

export function useParts(): IParts {
  const parts = React.useContext(Parts);
  if (!parts) {
    throw new Error('A part of the activity panel stands outside of it.');
  }
  return parts;
}

/** Something folded; what is inside is made when it is opened. */
export function Details(props: {
  summary: React.ReactNode;
  children: () => React.ReactNode;
  open?: boolean;
}): React.ReactElement {
  const { children, open = false, summary } = props;
  const [opened, setOpened] = React.useState(open);
  return (
    <details
      className="jp-LuminaActivity-details"
      open={opened}
      onToggle={event => setOpened(event.currentTarget.open)}
    >
      <summary>{summary}</summary>
      {opened && children()}
    </details>
  );
}

/** A list of sentences under a word; nothing when there are none. */
export function Sentences(props: {
  title: string;
  sentences: readonly string[];
}): React.ReactElement | null {
  const { sentences, title } = props;
  return sentences.length ? (
    <>
      <h4>{title}</h4>
      <ul>
        {sentences.map((sentence, at) => (
          <li key={at}>{sentence}</li>
        ))}
      </ul>
    </>
  ) : null;
}
