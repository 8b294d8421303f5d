/** What comes with the first element that reads files of the page's table: their bytes, checked and kept. */
export { fileEntry, forget, isCached, loadBytes, loadJson } from '../runtime/files.ts';
