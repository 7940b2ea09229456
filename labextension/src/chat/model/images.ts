import type { IAttachment, IImage } from './wire';

/** Bytes as base64, as a question carries them. */
export async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += SLICE) {
    pieces.push(String.fromCharCode(...bytes.subarray(from, from + SLICE)));
  }
  return btoa(pieces.join(''));
}

/** Pictures that the server has, ready to be sent again. */
export function fetchImages(
  images: readonly IAttachment[],
  attachment: (sha256: string) => Promise<Blob>
): Promise<IImage[]> {
  return Promise.all(
    images.map(async ({ sha256, media_type }) => ({
      media_type,
      data: await base64Of(await attachment(sha256))
    }))
  );
}

/** As many arguments as every browser takes. */
const SLICE = 8192;
