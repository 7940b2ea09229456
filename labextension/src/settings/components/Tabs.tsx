import * as React from 'react';

export interface ITab {
  readonly id: string;
  readonly label: string;
  readonly view: React.ReactElement;
}

/** Tabs as ARIA has them: arrow keys, Home and End change, and one of them alone is in the tab order. */
export function Tabs(props: { label: string; tabs: readonly ITab[] }): React.ReactElement {
  const { label, tabs } = props;
  const [current, setCurrent] = React.useState(0);
  const buttons = React.useRef<(HTMLButtonElement | null)[]>([]);
  const go = (index: number) => {
    const next = (index + tabs.length) % tabs.length;
    setCurrent(next);
    buttons.current[next]?.focus();
  };
  const targets: { [key: string]: number } = {
    ArrowRight: current + 1,
    ArrowLeft: current - 1,
    Home: 0,
    End: tabs.length - 1
  };
  return (
    <>
      <div role="tablist" aria-label={label} className="jp-LuminaSettings-tabs">
        {tabs.map((tab, index) => (
          <button
            key={tab.id}
            ref={button => {
              buttons.current[index] = button;
            }}
            type="button"
            role="tab"
            id={`lumina-settings-tab-${tab.id}`}
            aria-selected={index === current}
            aria-controls="lumina-settings-panel"
            tabIndex={index === current ? 0 : -1}
            onClick={() => setCurrent(index)}
            onKeyDown={event => {
              const target = targets[event.key];
              if (target !== undefined) {
                event.preventDefault();
                go(target);
              }
            }}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id="lumina-settings-panel"
        aria-labelledby={`lumina-settings-tab-${tabs[current]!.id}`}
        tabIndex={0}
        className="jp-LuminaSettings-panel"
      >
        {tabs[current]!.view}
      </div>
    </>
  );
}
