import * as React from 'react';
import { Guard } from './guard';

/** How often it is looked whether the buttons have moved, in milliseconds. */
const LOOK = 200;
/** Pixels by which something may move without being elsewhere. */
const SLACK = 8;

/** What a guarded button is given. */
export interface IGuarded {
  /** Whether presses count now. */
  readonly settled: boolean;
  /** Handlers for a button that does `act` when it is pressed on purpose. */
  readonly on: (
    act: () => void
  ) => Pick<
    React.ButtonHTMLAttributes<HTMLButtonElement>,
    'onPointerDown' | 'onKeyDown' | 'onClick'
  >;
}

/**
 * Guards the buttons within an element: they take effect only after they have stood where they are for a while.
 *
 * @param element - What holds the buttons.
 * @param key - Another one whenever something beside them came or went.
 */
export function useGuard(element: React.RefObject<HTMLElement>, key: string): IGuarded {
  const guard = React.useRef<Guard | null>(null);
  guard.current ??= new Guard();
  const [settled, setSettled] = React.useState(false);
  const timer = React.useRef(0);

  const disturb = React.useCallback(() => {
    const own = guard.current!;
    own.disturb();
    setSettled(false);
    window.clearTimeout(timer.current);
    const wait = () => {
      if (own.left > 0) {
        timer.current = window.setTimeout(wait, own.left);
      } else {
        setSettled(true);
      }
    };
    wait();
  }, []);

  React.useLayoutEffect(disturb, [disturb, key]);
  React.useEffect(() => {
    let top: number | null = null;
    const look = () => {
      const now = element.current?.checkVisibility?.()
        ? element.current.getBoundingClientRect().bottom
        : null;
      if (now !== null && (top === null || Math.abs(now - top) > SLACK)) {
        disturb();
      }
      top = now;
    };
    // It appears, too, when somebody comes to a page or a panel that was hidden.
    const onPage = () => {
      if (document.visibilityState === 'visible') {
        disturb();
      }
    };
    look();
    const looking = window.setInterval(look, LOOK);
    document.addEventListener('visibilitychange', onPage);
    return () => {
      window.clearInterval(looking);
      window.clearTimeout(timer.current);
      document.removeEventListener('visibilitychange', onPage);
    };
  }, [disturb, element]);

  const on = React.useCallback<IGuarded['on']>(
    act => ({
      onPointerDown: () => guard.current!.press(),
      onKeyDown: event => {
        if (event.key === 'Enter' || event.key === ' ') {
          guard.current!.press(event.repeat);
        }
      },
      onClick: () => {
        if (guard.current!.release()) {
          act();
        }
      }
    }),
    []
  );
  return { settled, on };
}
