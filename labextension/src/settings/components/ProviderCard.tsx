import * as React from 'react';
import { Button, Hint } from '../../components';
import type { Provider } from '../types';
import { hintHere, keySentence, placeOf } from '../words';
import type { IParts } from './context';
import { KeyForm } from './KeyForm';
import { TestResult } from './TestResult';

/** One provider: how it is, its key, and trying it out. */
export function ProviderCard(
  props: IParts & { provider: Provider; folded?: boolean }
): React.ReactElement {
  const { folded = false, model, provider, trans } = props;
  const [open, setOpen] = React.useState(!folded);
  const test = model.tests.get(provider.name);
  const id = `lumina-provider-${provider.name}`;
  return (
    <section
      className={`jp-LuminaSettings-card${open ? '' : ' jp-mod-folded'}`}
      aria-labelledby={id}
    >
      <div className="jp-LuminaSettings-cardHead">
        <h3 id={id}>{provider.title}</h3>
        {provider.available && (
          <span className="jp-LuminaSettings-tag">{placeOf(provider, trans)}</span>
        )}
        {folded ? (
          <Button
            aria-expanded={open}
            aria-label={trans.__('Add a key for %1', provider.title)}
            onClick={() => setOpen(!open)}
          >
            {open ? trans.__('Close') : trans.__('Add Key')}
          </Button>
        ) : (
          provider.available && (
            <Button
              aria-label={
                test?.running
                  ? trans.__('Stop the test of %1', provider.title)
                  : trans.__('Test %1', provider.title)
              }
              onClick={() =>
                test?.running ? model.stop(provider.name) : void model.test(provider.name)
              }
            >
              {test?.running ? trans.__('Stop') : trans.__('Test')}
            </Button>
          )
        )}
      </div>
      {open && (
        <>
          <p className="jp-LuminaPage-soft">{keySentence(provider, trans)}</p>
          {provider.reason && !(folded && provider.needs_key) && (
            <p className="jp-LuminaSettings-reason">
              {provider.reason} <Hint text={hintHere(provider.hint, trans)} />
            </p>
          )}
          {provider.name !== 'embedded' &&
            (provider.needs_key || provider.key_source ? (
              <KeyForm {...props} />
            ) : (
              <details>
                <summary>{trans.__('Add a key all the same')}</summary>
                <KeyForm {...props} />
              </details>
            ))}
          {test && <TestResult test={test} trans={trans} />}
        </>
      )}
    </section>
  );
}
