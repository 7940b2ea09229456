import * as React from 'react';
import { Button, Failure } from '../../components';
import type { IParts } from './context';
import { Defaults } from './Defaults';
import { Models } from './Models';
import { Privacy } from './Privacy';
import { Providers } from './Providers';
import { Tabs } from './Tabs';

/** The whole page. */
export function Page(props: IParts): React.ReactElement {
  const { model, openDoctor, trans } = props;
  const tabs = [
    { id: 'providers', label: trans.__('Providers'), view: <Providers {...props} /> },
    { id: 'models', label: trans.__('Models'), view: <Models {...props} /> },
    { id: 'defaults', label: trans.__('Defaults'), view: <Defaults {...props} /> },
    { id: 'privacy', label: trans.__('Privacy'), view: <Privacy {...props} /> }
  ];
  return (
    <div className="jp-LuminaPage">
      <div className="jp-LuminaPage-head">
        <h1>{trans.__('Lumina Settings')}</h1>
        <Button disabled={model.loading} onClick={() => void model.load(true)}>
          {model.loading ? trans.__('Looking…') : trans.__('Look Again')}
        </Button>
        <Button onClick={openDoctor}>{trans.__('Open the Doctor')}</Button>
      </div>
      {model.failure ? (
        <Failure error={model.failure} trans={trans} retry={() => void model.load()} />
      ) : model.preferences ? (
        <Tabs label={trans.__('Parts of the settings')} tabs={tabs} />
      ) : (
        <p role="status">{trans.__('Asking the server…')}</p>
      )}
    </div>
  );
}
