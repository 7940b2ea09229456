import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Asked } from './tokens';
import type { IGuarded } from './useGuard';
import { leftOf } from './words';

/** A name and what it says, in a list of such. */
export function Fact(props: { name: string; value: React.ReactNode }): React.ReactElement {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </>
  );
}

/** A button of a card, that takes no press which was on its way to something else. */
export function CardButton(props: {
  label: string;
  title?: string;
  /** A class of its own. */
  look?: string;
  busy: boolean;
  guard: IGuarded;
  act: () => void;
}): React.ReactElement {
  const { act, busy, guard, label, look = '', title } = props;
  return (
    <button
      type="button"
      className={`jp-mod-styled jp-mod-minimal jp-LuminaApproval-button ${look}`}
      title={title}
      aria-disabled={busy || !guard.settled}
      {...guard.on(() => {
        if (!busy) {
          act();
        }
      })}
    >
      {label}
    </button>
  );
}

/** How long it waits still. */
export function Left(props: { asked: Asked; trans: TranslationBundle }): React.ReactElement {
  const { asked, trans } = props;
  const [now, setNow] = React.useState(Date.now());
  React.useEffect(() => {
    const ticking = window.setInterval(() => setNow(Date.now()), 5000);
    return () => window.clearInterval(ticking);
  }, []);
  return <span className="jp-LuminaApproval-left">{leftOf(asked, now, trans)}</span>;
}
