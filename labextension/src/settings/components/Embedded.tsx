import * as React from 'react';
import { Button, Failure } from '../../components';
import type { EmbeddedModel } from '../types';
import { bytesOf } from '../words';
import type { IParts } from './context';

/** The embedded models: what is on this machine, and fetching more. */
export function Embedded(props: IParts): React.ReactElement {
  const { model, trans } = props;
  return (
    <>
      <h2>{trans.__('Embedded models')}</h2>
      <p className="jp-LuminaPage-soft">
        {trans.__('They run on the server’s machine: no key, no cost, and nothing leaves it.')}
      </p>
      {model.embedded.map(each => (
        <EmbeddedCard key={each.name} embedded={each} {...props} />
      ))}
    </>
  );
}

function EmbeddedCard(props: IParts & { embedded: EmbeddedModel }): React.ReactElement {
  const { embedded, model, trans } = props;
  const pull = model.pulls.get(embedded.name);
  const id = `lumina-embedded-${embedded.name}`;
  const facts = [
    bytesOf(embedded.bytes),
    trans.__('%1 of memory', bytesOf(embedded.memory)),
    embedded.licence
  ].filter(Boolean);
  return (
    <section className="jp-LuminaSettings-card" aria-labelledby={id}>
      <div className="jp-LuminaSettings-cardHead">
        <h3 id={id}>{embedded.title}</h3>
        {embedded.installed && (
          <span className="jp-LuminaSettings-tag">{trans.__('on this machine')}</span>
        )}
        {!embedded.installed && (
          <Button
            aria-label={
              pull?.running
                ? trans.__('Stop fetching %1', embedded.title)
                : trans.__('Fetch %1', embedded.title)
            }
            onClick={() =>
              pull?.running ? model.stop(embedded.name) : void model.pull(embedded.name)
            }
          >
            {pull?.running
              ? trans.__('Stop')
              : embedded.arrived > 0
                ? trans.__('Go On')
                : trans.__('Fetch')}
          </Button>
        )}
      </div>
      <p className="jp-LuminaPage-soft">
        {facts.join(' · ')}
        {!embedded.comfortable && ` · ${trans.__('large for this machine')}`}
        {embedded.default && ` · ${trans.__('used when no other is named')}`}
      </p>
      {pull?.running && <Progress {...props} />}
      {!pull?.running && !embedded.installed && embedded.arrived > 0 && (
        <p>{trans.__('%1 of it have arrived already.', bytesOf(embedded.arrived))}</p>
      )}
      {pull?.error && <Failure error={pull.error} trans={trans} />}
    </section>
  );
}

function Progress(props: IParts & { embedded: EmbeddedModel }): React.ReactElement {
  const { embedded, model, trans } = props;
  const step = model.pulls.get(embedded.name)?.steps[0];
  const phases: { [phase: string]: string } = {
    waiting: trans.__('Waiting for another download of it…'),
    connecting: trans.__('Looking for it…'),
    downloading: trans.__('Fetching…'),
    verifying: trans.__('Checking…'),
    done: trans.__('Done')
  };
  const phase = phases[step?.phase ?? 'connecting'] ?? '';
  return (
    <div className="jp-LuminaSettings-progress">
      <progress
        aria-label={trans.__('Fetching %1', embedded.title)}
        {...(step && step.total ? { value: step.done, max: step.total } : {})}
      />
      <span role="status">{phase}</span>
      {step && step.total > 0 && (
        <span className="jp-LuminaPage-soft">
          {trans.__('%1 of %2', bytesOf(step.done), bytesOf(step.total))}
        </span>
      )}
    </div>
  );
}
