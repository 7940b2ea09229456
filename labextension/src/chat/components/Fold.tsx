import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface IFoldProps {
  readonly className?: string;
  readonly summary: React.ReactNode;
  readonly children: () => React.ReactNode;
  readonly open?: boolean;
}

/** Something folded; what is inside is made when it is opened for the first time. */
export function Fold({
  className,
  summary,
  children,
  open = false
}: IFoldProps): React.ReactElement {
  const [opened, setOpened] = React.useState(open);
  const id = React.useId();
  const Caret = opened ? caretDownIcon.react : caretRightIcon.react;
  return (
    <div className={`jp-LuminaChat-fold ${className ?? ''}`} data-open={opened}>
      <button
        type="button"
        className="jp-LuminaChat-foldButton"
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened(!opened)}
      >
        <Caret tag="span" className="jp-LuminaChat-caret" />
        {summary}
      </button>
      <div id={id} hidden={!opened} className="jp-LuminaChat-foldBody">
        {opened && children()}
      </div>
    </div>
  );
}
