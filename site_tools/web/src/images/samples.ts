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
    const ofClass = this.ofClass(label);
    return fromBytes(ofClass.subarray((index * IMAGE_PIXELS) % ofClass.length).subarray(0, IMAGE_PIXELS));
  }

  /** All images of a class, one after the other, in bytes. */
  ofClass(label: number): Uint8ClampedArray {
    const numbers = this.file.labels.flatMap((one, i) => (one === label ? [i] : []));
    return Uint8ClampedArray.from(numbers.flatMap((i) => [...this.#pixels.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS)]));
  }
}
