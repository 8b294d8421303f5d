/** Real images by class and number. The one on a demo's poster is on the page already; all others come with the samples. */
import { canvasOf } from './canvas.ts';
import { fromBytes } from './grid.ts';
import { Samples } from './samples.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../maths/image-size.ts';
import { LiveError } from '../shared.ts';

/** A real image as it is asked for. */
export interface Which {
  label: number;
  image: number;
}

export class RealImages {
  #samples: Samples | undefined;

  /** @param onPoster the image in the top left corner of the poster */
  constructor(
    private readonly poster: () => Node[],
    private readonly onPoster: Which,
  ) {}

  async samples(signal?: AbortSignal): Promise<Samples> {
    return (this.#samples ??= await Samples.load(signal));
  }

  /** float32 [28 * 28] in the model's range. Rejects if it is not on the poster and the samples do not come. */
  async image({ label, image }: Which, signal?: AbortSignal): Promise<Float32Array> {
    const atHand = label === this.onPoster.label && image === this.onPoster.image && !this.#samples;
    return (atHand && (await cornerOf(this.poster()))) || (await this.samples(signal)).image(label, image);
  }
}

/** The top left image of a poster; undefined where its pixels are not to be had: none came, or a page from a disk may not read them. */
async function cornerOf(poster: Node[]): Promise<Float32Array | undefined> {
  const img = poster.find((node): node is HTMLImageElement => node instanceof HTMLImageElement);
  if (!img) return undefined;
  try {
    img.loading = 'eager'; // outside the page a lazy one never comes
    await img.decode();
    if (img.naturalWidth % IMAGE_SIZE !== 0) return undefined;
    const context = canvasOf(IMAGE_SIZE, IMAGE_SIZE);
    context.drawImage(img, 0, 0);
    const { data } = context.getImageData(0, 0, IMAGE_SIZE, IMAGE_SIZE);
    return fromBytes(Array.from({ length: IMAGE_PIXELS }, (_, i) => data[4 * i]!));
  } catch (error) {
    if (error instanceof LiveError) throw error; // without a canvas nothing else will help
    return undefined;
  }
}
