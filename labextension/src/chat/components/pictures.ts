import type { TranslationBundle } from '@jupyterlab/translation';
import type { IImage } from '../model';

/** The kinds of pictures that models read. */
export const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

const MEGABYTE = 1_000_000;
const LARGEST = 5 * MEGABYTE;
const MOST = 4;

/**
 * A picture's bytes, to go with a question.
 *
 * @throws Error with a sentence for people when it cannot go along.
 */
export async function readPicture(
  file: File,
  others: readonly IImage[],
  trans: TranslationBundle
): Promise<IImage> {
  if (!PICTURES.has(file.type)) {
    throw new Error(
      trans.__(
        'Only PNG, JPEG, GIF and WebP pictures can be attached. Mention other files with @file.'
      )
    );
  }
  if (others.length >= MOST) {
    throw new Error(trans.__('%1 pictures can go with one question.', MOST));
  }
  if (file.size > LARGEST) {
    const size = (file.size / MEGABYTE).toFixed(1);
    throw new Error(
      trans.__(
        'This picture has %1 MB; %2 MB is the limit. Make it smaller first.',
        size,
        LARGEST / MEGABYTE
      )
    );
  }
  return { media_type: file.type, data: base64(new Uint8Array(await file.arrayBuffer())) };
}

function base64(bytes: Uint8Array): string {
  const piece = 0x8000;
  let text = '';
  for (let at = 0; at < bytes.length; at += piece) {
    text += String.fromCharCode(...bytes.subarray(at, at + piece));
  }
  return btoa(text);
}
