import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface IIconButtonProps {
  readonly icon: LabIcon;
  /** What it does: shown on hovering, and read out. */
  readonly label: string;
  readonly onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly popup?: 'menu' | 'dialog' | 'listbox';
  /** Words beside the icon. */
  readonly children?: React.ReactNode;
}

/** A button with an icon, as in JupyterLab's toolbars. */
export const IconButton = React.forwardRef<HTMLButtonElement, IIconButtonProps>(
  function IconButton(props, ref) {
    const { icon, label, onClick, disabled, className, pressed, expanded, popup, children } = props;
    return (
      <button
        ref={ref}
        type="button"
        className={`jp-LuminaChat-iconButton ${className ?? ''}`}
        title={label}
        aria-label={label}
        aria-pressed={pressed}
        aria-expanded={expanded}
        aria-haspopup={popup}
        disabled={disabled}
        onClick={onClick}
      >
        <icon.react tag="span" className="jp-LuminaChat-icon" />
        {children}
      </button>
    );
  }
);
