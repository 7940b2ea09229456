import * as React from 'react';
import type { IAttachment, ITurn } from '../model';
import { shortTime, fullTime } from './format';
import { Avatar } from './People';
import { useServices } from './services';

/** How many characters of a question are shown before the rest is folded. */
const LONG = 1500;

interface IQuestionProps {
  readonly turn: ITurn;
  /** Whether several people ask here, so that it must be said who did. */
  readonly several: boolean;
}

/** What was asked. */
export function Question({ turn, several }: IQuestionProps): React.ReactElement {
  const { trans } = useServices();
  const { text, by, images, unsentImages, prompt } = turn.question;
  const [whole, setWhole] = React.useState(false);
  const folded = text.length > LONG && !whole;
  return (
    <div className="jp-LuminaChat-question">
      <div className="jp-LuminaChat-questionHead">
        {several && (
          <>
            <Avatar {...by} />
            <span className="jp-LuminaChat-name">{by.name || trans.__('Somebody')}</span>
          </>
        )}
        <time dateTime={new Date(turn.askedAt * 1000).toISOString()} title={fullTime(turn.askedAt)}>
          {shortTime(turn.askedAt)}
        </time>
      </div>
      <div className="jp-LuminaChat-questionText" title={prompt || undefined}>
        {folded ? `${text.slice(0, LONG)}…` : text}
      </div>
      {folded && (
        <button className="jp-LuminaChat-link" onClick={() => setWhole(true)}>
          {trans.__('Show all of it')}
        </button>
      )}
      {(images.length > 0 || unsentImages.length > 0) && (
        <div className="jp-LuminaChat-pictures">
          {images.length > 0
            ? images.map(image => <Picture key={image.sha256} image={image} />)
            : unsentImages.map((image, index) => (
                <img
                  key={index}
                  src={`data:${image.media_type};base64,${image.data}`}
                  alt={trans.__('Picture of the question')}
                />
              ))}
        </div>
      )}
    </div>
  );
}

/** A picture that is kept with the conversation. */
function Picture({ image }: { image: IAttachment }): React.ReactElement {
  const { model, trans } = useServices();
  const [url, setUrl] = React.useState('');
  const [problem, setProblem] = React.useState('');
  React.useEffect(() => {
    let made = '';
    let gone = false;
    model.attachment(image.sha256).then(
      blob => {
        if (!gone) {
          made = URL.createObjectURL(blob);
          setUrl(made);
        }
      },
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error))
    );
    return () => {
      gone = true;
      URL.revokeObjectURL(made);
    };
  }, [model, image.sha256]);
  if (problem) {
    return (
      <span className="jp-LuminaChat-quiet">{trans.__('Picture not loaded: %1', problem)}</span>
    );
  }
  return url ? (
    <img src={url} alt={trans.__('Picture of the question')} />
  ) : (
    <span
      className="jp-LuminaChat-pictureLoading"
      aria-label={trans.__('Loading a picture')}
      role="img"
    />
  );
}
