/** The real images that come with the site: 20 of every class, class by class. */
import { fromBytes } from './grid.ts';
import { IMAGE_PIXELS } from '../maths/image-size.ts';
import { loadJson } from '../shared.ts';

interface SamplesFile {
  count: number;
  labels: number[];
  /** base64 of uint8 [count, 28, 28], 0 = black. */
  images: string;
}

export class Samples {
  static readonly FILE = 'data/fashion-samples.json';
  readonly #pixels: Uint8Array;

  constructor(private readonly file: SamplesFile) {
    this.#pixels = Uint8Array.from(atob(file.images), (character) => character.charCodeAt(0));
  }

  static async load(signal?: AbortSignal): Promise<Samples> {
    return new Samples(await loadJson<SamplesFile>(Samples.FILE, signal ? { signal } : {}));
  }

  /** Image number `index` of a class in the model's range [-1, 1]; the numbers go round. */
  image(label: number, index: number): Float32Array {
    const ofClass = this.file.labels.flatMap((one, i) => (one === label ? [i] : []));
    const at = ofClass[index % ofClass.length]!;
    return fromBytes(this.#pixels.subarray(at * IMAGE_PIXELS, (at + 1) * IMAGE_PIXELS));
  }
}
