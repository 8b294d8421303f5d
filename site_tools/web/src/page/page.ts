/** The page's table of files, written by the MkDocs plugin into `<script id="live-runtime">`. */

export type Language = 'zh' | 'en';

/** One file: where it lies relative to the page, bytes and hash as it is sent, and its size on the wire where a host compresses it. */
export interface FileEntry {
  url: string;
  bytes: number;
  integrity: string;
  gzip?: number;
  /** Of a script: those of the table that must have run before it, in their order. */
  after?: string[];
  /** Of a model's graph: what runs it. */
  engine?: 'kernels' | 'onnxruntime';
}

export interface Page {
  lang: Language;
  files: Record<string, FileEntry>;
  /** Where the repository's files can be read, ending in a slash; empty if nowhere. */
  source: string;
  /** From the page to the root of the course, ending in a slash, or empty. */
  root: string;
  /** The page's source below the folder of its language. */
  page: string;
}

let page: Page | undefined;

export function currentPage(): Page {
  if (page) return page;
  const text = document.getElementById('live-runtime')?.textContent;
  const table = (text ? JSON.parse(text) : {}) as Partial<Page>;
  const lang = table.lang ?? (document.documentElement.lang.startsWith('zh') ? 'zh' : 'en');
  page = { lang, files: table.files ?? {}, source: table.source ?? '', root: table.root ?? '', page: table.page ?? '' };
  return page;
}
