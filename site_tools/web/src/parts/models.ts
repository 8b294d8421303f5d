/** What comes with the first element that runs a model: the runtime, and what every denoiser's element needs. */
export { ModelElement } from '../frame/model-element.ts';
export { makeDenoise } from '../maths/guidance.ts';
export { classNames, imageShape, modelBytes, nameOf, tensorsOf } from '../runtime/manifest.ts';
export { median, networkFacts, networkOf } from '../runtime/network.ts';
export { runtime } from '../runtime/runtime.ts';
