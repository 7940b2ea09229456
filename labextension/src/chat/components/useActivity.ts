import * as React from 'react';
import type { ActivityModel } from '../../activity/model';
import type { IActivity } from '../../activity/tokens';

/** The agent's runs, once they are loaded; draws anew whenever more is known of them. */
export function useActivity(activity: IActivity | null): ActivityModel | null {
  const [model, setModel] = React.useState<ActivityModel | null>(null);
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    let gone = false;
    void activity?.model().then(loaded => {
      if (!gone) {
        setModel(loaded);
      }
    });
    return () => {
      gone = true;
    };
  }, [activity]);
  React.useEffect(() => {
    model?.stateChanged.connect(draw);
    return () => void model?.stateChanged.disconnect(draw);
  }, [model]);
  return model;
}
